import type { Gate } from './gate.js';

/** Refuses what has not lived through the least dwell: nobody could have acted on it. */
export const flicker: Gate = {
  reason: 'flicker',
  refuses: ({ passedForMs, minDwellMs }) => passedForMs < minDwellMs,
  measure: ({ passedForMs, minDwellMs }) => ({ passedForMs, minDwellMs }),
};
