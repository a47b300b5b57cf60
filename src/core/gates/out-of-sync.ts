import type { Candidate, Leg } from './candidate.js';

/**
 * Refuses a leg whose book waits for a snapshot: its sequence or checksum failed, or its connection was lost.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isOutOfSync({ buy, sell }: Candidate): boolean {
  return !isInSync(buy) || !isInSync(sell);
}

function isInSync({ bookState, book }: Leg): boolean {
  return bookState === 'live' && book?.isUsable === true;
}
