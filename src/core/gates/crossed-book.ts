import type { Candidate, Leg } from './candidate.js';

/**
 * Refuses a leg whose own bid is above its own ask: one exchange does not stay crossed, so its book is at fault.
 *
 * @param candidate - The route with both legs, in sync or thrown away for being crossed.
 * @returns True to refuse.
 */
export function isCrossedBook({ buy, sell }: Candidate): boolean {
  return isCrossed(buy) || isCrossed(sell);
}

/**
 * Tells whether a leg has no book because it was crossed: its owner throws such a book away before anybody sees it.
 *
 * @param leg - The leg.
 * @returns True when {@link isCrossedBook} is the gate that refuses it.
 */
export function isLostToCrossing({ bookState, doubt }: Leg): boolean {
  return bookState === 'resyncing' && doubt === 'crossed_book';
}

function isCrossed(leg: Leg): boolean {
  return leg.book?.isCrossed === true || isLostToCrossing(leg);
}
