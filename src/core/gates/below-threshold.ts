import type { Candidate } from './candidate.js';

/**
 * Refuses what pays less than asked after both taker fees, over the whole size that pays at all.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isBelowThreshold(candidate: Candidate): boolean {
  const walk = candidate.walk();
  return !(walk.size > 0 && walk.netBps >= candidate.minNetBps);
}
