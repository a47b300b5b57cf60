import type { Candidate } from './candidate.js';

/**
 * Refuses a paying size that is worth less than the least notional.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isTooThin(candidate: Candidate): boolean {
  return candidate.walk().notional * (candidate.usdPerQuote ?? 1) < candidate.limits.minNotionalUsd;
}
