import type { Leg } from './candidate.js';
import { isLostToCrossing } from './crossed-book.js';
import type { Gate } from './gate.js';

/** Refuses a leg whose book waits for a snapshot: its sequence or checksum failed, or its connection was lost. */
export const outOfSync: Gate = {
  reason: 'out_of_sync',
  refuses: ({ buy, sell }) => isWaiting(buy) || isWaiting(sell),
  measure: ({ buy, sell }) => ({
    ...{ buyBook: buy.bookState, buyDoubt: buy.doubt },
    ...{ sellBook: sell.bookState, sellDoubt: sell.doubt },
  }),
};

function isWaiting(leg: Leg): boolean {
  return !(leg.bookState === 'live' && leg.book?.isUsable === true) && !isLostToCrossing(leg);
}
