import type { Candidate } from './candidate.js';
import type { Gate } from './gate.js';

/**
 * Refuses two legs that are not of the same moment: each may be young enough by itself, and yet the market has moved
 * between them. Measured on the exchanges' own times, their offsets taken off.
 */
export const skewed: Gate = {
  reason: 'skewed',
  refuses: (candidate) => skewMs(candidate) > candidate.limits.maxSkewMs,
  measure: (candidate) => ({ skewMs: skewMs(candidate), maxSkewMs: candidate.limits.maxSkewMs }),
};

function skewMs({ buy, sell }: Candidate): number {
  return Math.abs(buy.asOfMs - sell.asOfMs);
}
