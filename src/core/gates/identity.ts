import type { Gate } from './gate.js';

/** Refuses two tickers that are not proven to be one asset: a coin of the same name shows the greatest spreads. */
export const identity: Gate = {
  reason: 'identity',
  refuses: (candidate) => candidate.identity().proof === null,
  measure: (candidate) => {
    const { proof, reason } = candidate.identity();
    return { proof, evidence: reason, buyUnit: candidate.buy.unit, sellUnit: candidate.sell.unit };
  },
};
