import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';

/**
 * Puts an event of another machine into our time.
 *
 * @param event - With the times of its clock.
 * @param gapMs - Its clock minus ours.
 * @returns The same with times of our clock; those of the exchange stay as they are.
 */
export function eventInOurTime<E extends MarketEvent>(event: E, gapMs: number): E {
  if (event.type === 'book') {
    return { ...event, update: { ...event.update, receivedAtMs: event.update.receivedAtMs - gapMs } };
  }
  const atMs = event.atMs - gapMs;
  if (event.type !== 'exchange') return { ...event, atMs };
  return { ...event, atMs, clockOffsetMs: offsetInOurTime(event.clockOffsetMs, gapMs) };
}

/**
 * Puts the status of an exchange into our time.
 *
 * @param status - With the times of another machine's clock.
 * @param gapMs - Its clock minus ours.
 * @returns The same with times of our clock.
 */
export function statusInOurTime(status: ExchangeStatus, gapMs: number): ExchangeStatus {
  const { clockOffsetMs, lastError } = status;
  return {
    ...status,
    clockOffsetMs: offsetInOurTime(clockOffsetMs, gapMs),
    lastError: lastError && {
      ...lastError,
      atMs: lastError.atMs - gapMs,
      untilMs: lastError.untilMs === null ? null : lastError.untilMs - gapMs,
    },
  };
}

// Ours minus the exchange's: ours is now another clock.
function offsetInOurTime(clockOffsetMs: number | null, gapMs: number): number | null {
  return clockOffsetMs === null ? null : clockOffsetMs - gapMs;
}
