import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { keepToken, token } from '../live/session.js';
import { Sheet } from './sheet.js';

const isOpen = signal(false);

/** Asks for a token. */
export function openTokenSheet(): void {
  isOpen.value = true;
}

/** Takes a token for this tab. */
export function TokenSheet(): JSX.Element {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement).get('token');
    keepToken(typeof given === 'string' ? given.trim() : '');
    isOpen.value = false;
  };
  return (
    <Sheet isOpen={isOpen} title="Token">
      <form onSubmit={submit} class="stack">
        <p class="dim">
          Keys, and every change, need a token: that in <code>admin.token</code> of the data directory, or one that the
          command <code>tokens create</code> made. It is kept for this tab alone and gone when it closes.
        </p>
        <label class="field">
          Token
          <input name="token" type="password" autocomplete="off" spellcheck={false} defaultValue={token.value} />
        </label>
        <div>
          <button class="primary" type="submit">
            Use it
          </button>{' '}
          <button
            type="button"
            onClick={() => {
              keepToken('');
              isOpen.value = false;
            }}
          >
            Forget it
          </button>
        </div>
      </form>
    </Sheet>
  );
}
