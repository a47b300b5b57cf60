import type { JSX } from 'preact';
import { theme, zone } from '../choices.js';
import { clock, span } from '../format.js';
import { lastHeardMs, lateMs, link, type LinkState } from '../live/connection.js';
import { now } from '../live/now.js';
import { token } from '../live/session.js';
import { hrefOf, place } from '../router.js';
import { VIEWS } from '../views/views.js';
import { openHelp } from './help-sheet.js';
import { openTokenSheet } from '../parts/token-sheet.js';

const WORDS: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  behind: 'Behind',
  stale: 'Stale',
  disconnected: 'Not connected',
  refused: 'Refused',
};

function Link(): JSX.Element {
  const state = link.value;
  const silentMs = now.value - lastHeardMs.value;
  const more =
    state === 'behind'
      ? ` ${span(lateMs.value)}`
      : state === 'stale' || state === 'disconnected'
        ? ` ${span(silentMs)}`
        : '';
  return (
    <span class="link" data-state={state} role="status" aria-live="polite" data-testid="link">
      {WORDS[state]}
      <span aria-hidden="true">{more}</span>
    </span>
  );
}

/** Name, views, and what holds for all of them. */
export function Bar(): JSX.Element {
  const current = place.value.parts[0] ?? VIEWS[0]?.id;
  return (
    <header class="bar">
      <a class="brand" href={hrefOf([])}>
        <img src="/icon.svg" alt="" />
        Crossbook
      </a>
      <nav class="tabs" aria-label="Views">
        {VIEWS.map(({ id, title, shortcut }) => (
          <a
            key={id}
            href={hrefOf([id])}
            aria-current={id === current ? 'page' : undefined}
            aria-keyshortcuts={shortcut}
          >
            {title}
          </a>
        ))}
      </nav>
      <div class="tools">
        <span class="num dim" data-testid="clock">
          {clock(now.value)}
        </span>
        <button
          title="Show times in UTC or in the time of this machine"
          onClick={() => (zone.value = zone.value === 'utc' ? 'local' : 'utc')}
        >
          {zone.value === 'utc' ? 'UTC' : 'Local'}
        </button>
        <label class="hidden-visually" for="theme">
          Colours
        </label>
        <select
          id="theme"
          value={theme.value}
          onChange={(event) => (theme.value = event.currentTarget.value as typeof theme.value)}
        >
          <option value="system">Auto</option>
          <option value="dark">Dark</option>
          <option value="light">Light</option>
        </select>
        <button onClick={openTokenSheet} aria-pressed={token.value !== ''} title="Give a token for keys and changes">
          Token
        </button>
        <button onClick={openHelp} aria-label="Keyboard shortcuts" aria-keyshortcuts="?">
          ?
        </button>
        <Link />
      </div>
    </header>
  );
}
