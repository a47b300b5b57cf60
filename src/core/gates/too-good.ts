import type { Gate } from './gate.js';

/** Refuses what pays beyond the ceiling: nearly always a fault of data or identity that no other gate has found. */
export const tooGood: Gate = {
  reason: 'too_good',
  refuses: (candidate) => candidate.walk().netBps > candidate.limits.maxNetBps,
  measure: (candidate) => ({ netBps: candidate.walk().netBps, maxNetBps: candidate.limits.maxNetBps }),
};
