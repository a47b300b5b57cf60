import type { Candidate, Measured } from './candidate.js';
import type { RefusalReason } from './refusal-reason.js';

/** One test of a candidate: pure, with one reason. */
export interface Gate {
  readonly reason: RefusalReason;
  /**
   * @param candidate - A candidate that every gate before this one accepted.
   * @returns True to refuse.
   */
  refuses(candidate: Candidate): boolean;
  /**
   * @param candidate - As for `refuses`.
   * @returns What it looked at, with the bound that it is held to.
   */
  measure(candidate: Candidate): Measured;
}
