import type { JSX } from 'preact';
import { clock, span } from '../format.js';
import { lastHeardMs, lateMs, link, refusal } from '../live/connection.js';
import { now } from '../live/now.js';
import { openTokenSheet } from '../parts/token-sheet.js';

/** Says across the page that what it shows is not live: nobody shall trade on a dead screen. */
export function DeadBanner(): JSX.Element | null {
  const state = link.value;
  if (state === 'live' || state === 'connecting') return null;
  const since = `last heard ${clock(lastHeardMs.value)}, ${span(now.value - lastHeardMs.value)} ago`;
  const words = {
    behind: `This screen is behind by ${span(lateMs.value)}: it gets less than the service has to tell.`,
    stale: `Not live: the service is silent; ${since}.`,
    disconnected: `Not live: no connection to the service, trying again; ${since}.`,
    refused: `Not live: the service refuses this page. ${refusal.value ?? ''}`,
  }[state];
  return (
    <div class="dead" data-state={state} role="alert" data-testid="dead">
      {words} {state === 'refused' && <button onClick={openTokenSheet}>Give a token</button>}
    </div>
  );
}
