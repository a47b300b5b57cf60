import type { Leg } from './candidate.js';
import type { Gate } from './gate.js';

/** Refuses a leg whose own bid is above its own ask: one exchange does not stay crossed, so its book is at fault. */
export const crossedBook: Gate = {
  reason: 'crossed_book',
  refuses: ({ buy, sell }) => isCrossed(buy) || isCrossed(sell),
  measure: ({ buy, sell }) => ({
    ...{ buyBid: top(buy, 'bids'), buyAsk: top(buy, 'asks') },
    ...{ sellBid: top(sell, 'bids'), sellAsk: top(sell, 'asks') },
  }),
};

/**
 * Tells whether a leg has no book because it was crossed: its owner throws such a book away before anybody sees it.
 *
 * @param leg - The leg.
 * @returns True when {@link crossedBook} is the gate that refuses it.
 */
export function isLostToCrossing({ bookState, doubt }: Leg): boolean {
  return bookState === 'resyncing' && doubt === 'crossed_book';
}

function isCrossed(leg: Leg): boolean {
  return leg.book?.isCrossed === true || isLostToCrossing(leg);
}

function top({ book }: Leg, side: 'bids' | 'asks'): number | null {
  return book && book[side].length > 0 ? book[side].price(0) : null;
}
