import type { Gate } from './gate.js';

/** Refuses what pays less than asked after both taker fees, over the whole size that pays at all. */
export const belowThreshold: Gate = {
  reason: 'below_threshold',
  refuses: (candidate) => {
    const walk = candidate.walk();
    return !(walk.size > 0 && walk.netBps >= candidate.minNetBps);
  },
  measure: (candidate) => {
    const { size, netBps, isCapped } = candidate.walk();
    return {
      ...{ netBps: size > 0 ? netBps : null, minNetBps: candidate.minNetBps },
      ...{ buyTakerFeeBps: candidate.buy.takerFeeBps, sellTakerFeeBps: candidate.sell.takerFeeBps },
      // The best prices do pay, but a cap leaves nothing to trade: an account without inventory.
      ...(size === 0 && isCapped ? { cappedSize: 0 } : {}),
    };
  },
};
