import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../../choices.js';
import { stay } from '../../router.js';
import { namedRange, ownRange, type Range, RANGES, withChanges } from './range.js';

/** A moment as a field of date and time shows it, in the zone of the page. */
function fieldOf(atMs: number): string {
  const shiftMs = zone.value === 'utc' ? 0 : new Date(atMs).getTimezoneOffset() * 60_000;
  return new Date(atMs - shiftMs).toISOString().slice(0, 19);
}

/** The moment that such a field names, epoch ms; NaN for none. */
function momentOf(field: string): number {
  return Date.parse(zone.value === 'utc' ? `${field}Z` : field);
}

function problemOf(fromMs: number, toMs: number): string | null {
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return 'Give both a beginning and an end, each with date and time.';
  return fromMs < toMs ? null : 'The beginning must lie before the end.';
}

/** Two fields for the ends of a range. */
function OwnRange({ shown }: { shown: Range }): JSX.Element {
  const [from, setFrom] = useState(fieldOf(shown.fromMs));
  const [to, setTo] = useState(fieldOf(shown.toMs));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const [fromMs, toMs] = [momentOf(from), momentOf(to)];
    const found = problemOf(fromMs, toMs);
    setProblem(found);
    if (found === null) stay(withChanges({ range: '', from: String(fromMs), to: String(toMs) }));
  };
  const inZone = zone.value === 'utc' ? 'UTC' : 'local';
  return (
    <form class="filters own-range" onSubmit={submit} noValidate aria-label="Range of your own">
      <label>
        From, {inZone}
        <input type="datetime-local" step={1} value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To, {inZone}
        <input type="datetime-local" step={1} value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <button>Show</button>
      {problem !== null && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}

/**
 * Chooses the range: by a name, ending now, or by its two ends.
 *
 * @param shown - The range that is shown.
 * @param again - Reads it again, up to now where it ends now.
 */
export function RangePicker({ shown, again }: { shown: Range; again: () => void }): JSX.Element {
  const own = ownRange();
  const named = namedRange();
  return (
    <>
      <div role="group" aria-label="Range" class="ranges">
        {RANGES.map(({ id, title }) => (
          <button
            key={id}
            aria-pressed={own === null && id === named.id}
            onClick={() => stay(withChanges({ range: id, from: '', to: '' }))}
          >
            {title}
          </button>
        ))}
        <button onClick={again}>Read again</button>
      </div>
      <OwnRange shown={shown} key={`${shown.fromMs} ${shown.toMs} ${zone.value}`} />
    </>
  );
}
