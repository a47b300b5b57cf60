import type { Candidate, Leg } from './candidate.js';
import type { Gate } from './gate.js';

/**
 * Refuses a leg that is older than its bound, or has not changed for so long that it is taken for frozen.
 *
 * A quiet book is not a stale one: age counts from the last proof of life, quiet time from the last change, and each
 * has its own bound.
 */
export const stale: Gate = {
  reason: 'stale',
  refuses: (candidate) => isStale(candidate.buy, candidate) || isStale(candidate.sell, candidate),
  measure: ({ buy, sell, nowMs, limits }) => ({
    ...{ buyAgeMs: nowMs - buy.asOfMs, sellAgeMs: nowMs - sell.asOfMs, maxAgeMs: limits.maxAgeMs },
    ...{ buyQuietMs: nowMs - buy.changedAtMs, sellQuietMs: nowMs - sell.changedAtMs, maxQuietMs: limits.maxQuietMs },
  }),
};

function isStale(leg: Leg, { nowMs, limits }: Candidate): boolean {
  return nowMs - leg.asOfMs > limits.maxAgeMs || nowMs - leg.changedAtMs > limits.maxQuietMs;
}
