import type { Leg } from './candidate.js';
import { isLostToCrossing } from './crossed-book.js';
import type { Gate } from './gate.js';

/** Refuses a leg with an empty side: a side that was dropped must not leave its last quote alive. */
export const oneSided: Gate = {
  reason: 'one_sided',
  refuses: ({ buy, sell }) => lacksASide(buy) || lacksASide(sell),
  measure: ({ buy, sell }) => ({
    ...{ buyBidLevels: buy.book?.bids.length ?? 0, buyAskLevels: buy.book?.asks.length ?? 0 },
    ...{ sellBidLevels: sell.book?.bids.length ?? 0, sellAskLevels: sell.book?.asks.length ?? 0 },
  }),
};

function lacksASide(leg: Leg): boolean {
  if (isLostToCrossing(leg)) return false;
  const { book } = leg;
  return book === undefined || book.bids.length === 0 || book.asks.length === 0;
}
