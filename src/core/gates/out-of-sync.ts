import type { Candidate, Leg } from './candidate.js';
import { isLostToCrossing } from './crossed-book.js';

/**
 * Refuses a leg whose book waits for a snapshot: its sequence or checksum failed, or its connection was lost.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isOutOfSync({ buy, sell }: Candidate): boolean {
  return isWaiting(buy) || isWaiting(sell);
}

function isWaiting(leg: Leg): boolean {
  return !(leg.bookState === 'live' && leg.book?.isUsable === true) && !isLostToCrossing(leg);
}
