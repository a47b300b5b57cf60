import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call, Problem } from '../../live/rest.js';
import { ProblemNote } from '../../parts/answer.js';
import { Sheet } from '../../parts/sheet.js';
import type { ShownKey } from './key-shapes.js';
import { SecretForm } from './secret-form.js';

/** What the owner must type before a key is given up as leaked. */
function phraseOf({ exchange, label }: ShownKey): string {
  return `${exchange} ${label}`;
}

function Compromise({ one, done }: { one: ShownKey; done: () => void }): JSX.Element {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [left, setLeft] = useState<string | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      setLeft(JSON.stringify(await call('POST', `/v1/keys/${one.id}/compromise`), null, 2));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  if (left !== null) {
    return (
      <>
        <p>The service signs nothing with it any more, and its secret is shredded. Left to do:</p>
        <pre class="answer">{left}</pre>
        <button onClick={done}>Close</button>
      </>
    );
  }
  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      <p>
        It stops signing at once, for good, and its secret is shredded here. It must still be deleted at the exchange:
        the answer tells how.
      </p>
      <label class="field">
        Type “{phraseOf(one)}” to confirm
        <input
          value={typed}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <ProblemNote problem={problem} />
      <div>
        <button class="danger" type="submit" disabled={typed !== phraseOf(one)}>
          It is compromised
        </button>{' '}
        <button type="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** What can be done with a key. */
export function KeyActions({ one, changed }: { one: ShownKey; changed: () => void }): JSX.Element {
  const rotates = useSignal(false);
  const gives = useSignal(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState('');
  const act = async (what: 'check' | 'disable'): Promise<void> => {
    setBusy(what);
    setProblem(null);
    try {
      await call('POST', `/v1/keys/${one.id}/${what}`);
      changed();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy('');
    }
  };
  const isActive = one.state === 'active';
  return (
    <div class="stack">
      <div class="actions">
        <button disabled={busy !== '' || !isActive} onClick={() => void act('check')}>
          {busy === 'check' ? 'Checking …' : 'Check now'}
        </button>
        <button disabled={!isActive} onClick={() => (rotates.value = true)}>
          Rotate …
        </button>
        <button disabled={busy !== '' || !isActive} onClick={() => void act('disable')}>
          Disable
        </button>
        <button class="danger" disabled={one.state === 'compromised'} onClick={() => (gives.value = true)}>
          Compromised …
        </button>
      </div>
      <ProblemNote problem={problem} />
      <Sheet isOpen={rotates} title={`Rotate ${one.exchange}, ${one.label}`}>
        <SecretForm
          replaces={one}
          done={() => {
            rotates.value = false;
            changed();
          }}
        />
      </Sheet>
      <Sheet isOpen={gives} title={`Give up ${one.exchange}, ${one.label}`}>
        <Compromise
          one={one}
          done={() => {
            gives.value = false;
            changed();
          }}
        />
      </Sheet>
    </div>
  );
}
