import type { Gate } from './gate.js';

/**
 * Refuses everything while our own queue or event loop is behind: the books that we see are then those of a moment ago,
 * and the most broken view passes a dwell test most easily.
 */
export const late: Gate = {
  reason: 'late',
  refuses: ({ lateMs, limits }) => lateMs > limits.maxLateMs,
  measure: ({ lateMs, limits }) => ({ lateMs, maxLateMs: limits.maxLateMs }),
};
