import type { DetectionInput } from './market-event.js';

/**
 * Gives the time of an entry.
 *
 * @param input - The entry.
 * @returns Our clock, epoch milliseconds.
 */
export function inputTimeMs(input: DetectionInput): number {
  if (input.type === 'book') return input.update.receivedAtMs;
  return input.type === 'tick' ? input.nowMs : input.atMs;
}
