import type { Candidate } from './candidate.js';
import type { Gate } from './gate.js';

/** Refuses a paying size that is worth less than the least notional. */
export const tooThin: Gate = {
  reason: 'too_thin',
  refuses: (candidate) => notionalUsd(candidate) < candidate.limits.minNotionalUsd,
  measure: (candidate) => ({
    ...{ notionalUsd: notionalUsd(candidate), minNotionalUsd: candidate.limits.minNotionalUsd },
    size: candidate.walk().size,
  }),
};

// Only a dollar stablecoin gets here without a rate: `quote` refuses all others.
function notionalUsd(candidate: Candidate): number {
  return candidate.walk().notional * (candidate.usdPerQuote ?? 1);
}
