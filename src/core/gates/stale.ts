import type { Candidate, Leg } from './candidate.js';

/**
 * Refuses a leg that is older than its bound, or has not changed for so long that it is taken for frozen.
 *
 * A quiet book is not a stale one: age counts from the last proof of life, quiet time from the last change, and each
 * has its own bound.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isStale(candidate: Candidate): boolean {
  return isLegStale(candidate.buy, candidate) || isLegStale(candidate.sell, candidate);
}

function isLegStale(leg: Leg, { nowMs, limits }: Candidate): boolean {
  return nowMs - leg.asOfMs > limits.maxAgeMs || nowMs - leg.changedAtMs > limits.maxQuietMs;
}
