import type { Candidate, Leg } from './candidate.js';
import { isLostToCrossing } from './crossed-book.js';

/**
 * Refuses a leg with an empty side: a side that was dropped must not leave its last quote alive.
 *
 * @param candidate - The route with both legs, in sync.
 * @returns True to refuse.
 */
export function isOneSided({ buy, sell }: Candidate): boolean {
  return lacksASide(buy) || lacksASide(sell);
}

function lacksASide(leg: Leg): boolean {
  if (isLostToCrossing(leg)) return false;
  const { book } = leg;
  return book === undefined || book.bids.length === 0 || book.asks.length === 0;
}
