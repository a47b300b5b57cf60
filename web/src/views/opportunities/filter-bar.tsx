import type { JSX } from 'preact';
import type { Signal } from '@preact/signals';
import { exchanges } from '../../live/exchange-board.js';
import {
  exchangeFilter,
  isPaused,
  kindFilter,
  makesSound,
  minBpsFilter,
  minNotionalFilter,
  notifies,
  symbolFilter,
} from './choices.js';

function Field({
  label,
  value,
  width,
  numeric = false,
  id,
}: {
  label: string;
  value: Signal<string>;
  width: number;
  numeric?: boolean;
  id: string;
}): JSX.Element {
  return (
    <label>
      {label}
      <input
        id={id}
        size={width}
        value={value.value}
        inputMode={numeric ? 'decimal' : 'text'}
        spellcheck={false}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
    </label>
  );
}

async function toggleNotifications(): Promise<void> {
  if (notifies.value) notifies.value = false;
  else if ('Notification' in window) notifies.value = (await Notification.requestPermission()) === 'granted';
}

function clear(): void {
  for (const each of [symbolFilter, exchangeFilter, minBpsFilter, minNotionalFilter]) each.value = '';
  kindFilter.value = '';
}

/** What the table shows, and what an opening does. */
export function FilterBar(): JSX.Element {
  return (
    <form class="filters" role="search" aria-label="Opportunities" onSubmit={(event) => event.preventDefault()}>
      <Field id="symbol" label="Symbol" value={symbolFilter} width={10} />
      <label>
        Exchange
        <select value={exchangeFilter.value} onChange={(event) => (exchangeFilter.value = event.currentTarget.value)}>
          <option value="">all</option>
          {[...exchanges.value.keys()].sort().map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <Field id="min-bps" label="Net bps from" value={minBpsFilter} width={5} numeric />
      <Field id="min-notional" label="USD from" value={minNotionalFilter} width={7} numeric />
      <label>
        Kind
        <select
          value={kindFilter.value}
          onChange={(event) => (kindFilter.value = event.currentTarget.value as typeof kindFilter.value)}
        >
          <option value="">all</option>
          <option value="same">one quote</option>
          <option value="converted">through a conversion</option>
        </select>
      </label>
      <button type="button" onClick={clear}>
        Clear
      </button>
      <button
        type="button"
        aria-pressed={isPaused.value}
        aria-keyshortcuts="Space"
        onClick={() => (isPaused.value = !isPaused.value)}
      >
        {isPaused.value ? 'Paused' : 'Pause'}
      </button>
      <button
        type="button"
        aria-pressed={makesSound.value}
        title="A tone for each opening that passes the filter"
        onClick={() => (makesSound.value = !makesSound.value)}
      >
        Sound
      </button>
      <button
        type="button"
        aria-pressed={notifies.value}
        title="A notification for each opening that passes the filter, while the page is not in front"
        onClick={() => void toggleNotifications()}
      >
        Notify
      </button>
    </form>
  );
}
