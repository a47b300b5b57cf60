import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { exchanges } from '../../live/exchange-board.js';
import { call, Problem } from '../../live/rest.js';
import { ProblemNote } from '../../parts/answer.js';

/** Exchanges whose keys come with a passphrase. */
const WITH_PASSPHRASE: readonly string[] = ['okx', 'kucoin', 'bitget'];

function Secret({ name, label, isNeeded }: { name: string; label: string; isNeeded: boolean }): JSX.Element {
  return (
    <label class="field">
      {label}
      <input name={name} type="password" autocomplete="off" spellcheck={false} required={isNeeded} />
    </label>
  );
}

/**
 * Takes an API key: a new one, or the successor of another. What is secret is typed once, goes to the service, and is wiped
 * from the form whatever it answers.
 */
export function SecretForm({
  replaces,
  done,
}: {
  /** The key that is rotated; null adds one. */
  replaces: { readonly id: string; readonly exchange: string } | null;
  done: () => void;
}): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [exchange, setExchange] = useState(replaces?.exchange ?? '');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const element = form.current;
    if (!element) return;
    const given = Object.fromEntries([...new FormData(element)].filter(([, value]) => value !== ''));
    setBusy(true);
    setProblem(null);
    try {
      await call('POST', replaces ? `/v1/keys/${replaces.id}/rotate` : '/v1/keys', given);
      done();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      for (const input of element.querySelectorAll<HTMLInputElement>('input[type=password]')) input.value = '';
      setBusy(false);
    }
  };
  return (
    <form class="stack" ref={form} onSubmit={(event) => void submit(event)}>
      <p class="dim">
        Give a key that may read and nothing else, bound to the address of this machine. Secrets are sealed by the
        service and never shown again.
      </p>
      {!replaces && (
        <label class="field">
          Exchange
          <select
            name="exchange"
            required
            value={exchange}
            onChange={(event) => setExchange(event.currentTarget.value)}
          >
            <option value="">choose …</option>
            {[...exchanges.value.keys()].sort().map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        Label
        <input
          name="label"
          required={!replaces}
          maxLength={100}
          placeholder={replaces ? 'as before' : 'main, read only'}
        />
      </label>
      <Secret name="apiKey" label="API key" isNeeded />
      <Secret name="secret" label="Secret" isNeeded={exchange !== 'hyperliquid'} />
      {WITH_PASSPHRASE.includes(exchange) && <Secret name="passphrase" label="Passphrase" isNeeded />}
      <ProblemNote problem={problem} />
      <div>
        <button class="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Asking the exchange …' : replaces ? 'Rotate' : 'Add'}
        </button>{' '}
        <button type="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
