import type { Candidate } from './candidate.js';

/**
 * Refuses a leg whose own bid is above its own ask: one exchange does not stay crossed, so its book is at fault.
 *
 * @param candidate - The route with both legs, in sync.
 * @returns True to refuse.
 */
export function isCrossedBook({ buy, sell }: Candidate): boolean {
  return buy.book?.isCrossed === true || sell.book?.isCrossed === true;
}
