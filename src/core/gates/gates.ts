import { isBelowThreshold } from './below-threshold.js';
import type { Candidate } from './candidate.js';
import { isCrossedBook } from './crossed-book.js';
import { isExchangeDown } from './exchange-down.js';
import { isOneSided } from './one-sided.js';
import { isOutOfSync } from './out-of-sync.js';
import { isQuoteUnknown } from './quote-unknown.js';
import type { RefusalReason } from './refusal-reason.js';
import { isStale } from './stale.js';
import { isTooThin } from './too-thin.js';

/** A reason and the test that finds it. */
interface Gate {
  readonly reason: RefusalReason;
  refuses(candidate: Candidate): boolean;
}

/** The gates in their order; each may lean on those before it having passed. */
export const GATES: readonly Gate[] = [
  { reason: 'exchange_down', refuses: isExchangeDown },
  { reason: 'out_of_sync', refuses: isOutOfSync },
  { reason: 'one_sided', refuses: isOneSided },
  { reason: 'crossed_book', refuses: isCrossedBook },
  { reason: 'stale', refuses: isStale },
  { reason: 'quote', refuses: isQuoteUnknown },
  { reason: 'below_threshold', refuses: isBelowThreshold },
  { reason: 'too_thin', refuses: isTooThin },
];

/**
 * Asks the gates in order.
 *
 * @param candidate - The route to judge.
 * @returns The reason of the first gate that refuses, null when all accept.
 */
export function judge(candidate: Candidate): RefusalReason | null {
  for (const gate of GATES) if (gate.refuses(candidate)) return gate.reason;
  return null;
}
