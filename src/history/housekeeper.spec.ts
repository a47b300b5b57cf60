import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { capturedLog } from '../../test/support/captured-log.js';
import { Clock } from '../platform/clock/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import type { CandleRoller } from './candle-roller.js';
import { Housekeeper } from './housekeeper.js';
import type { Retention } from './retention.js';

const MINUTE_MS = 60_000;

class TimerClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }
}

describe('Housekeeper', () => {
  const steps: string[] = [];
  let fault: Error | null = null;
  let lines: string[];
  let housekeeper: Housekeeper;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_795_000_000_000 - (1_795_000_000_000 % MINUTE_MS) + 50_000 });
    steps.length = 0;
    fault = null;
    const step = (name: string, nowMs: number): Promise<void> => {
      steps.push(`${name} ${(nowMs % MINUTE_MS) / 1_000}`);
      return fault ? Promise.reject(fault) : Promise.resolve();
    };
    const captured = capturedLog();
    ({ lines } = captured);
    housekeeper = new Housekeeper(
      { roll: (nowMs: number) => step('roll', nowMs) } as unknown as CandleRoller,
      { apply: (nowMs: number) => step('delete', nowMs) } as unknown as Retention,
      new TimerClock(),
      captured.log,
    );
    housekeeper.onApplicationBootstrap();
  });

  afterEach(() => {
    housekeeper.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  it('makes candles, then deletes, three seconds into each minute', async () => {
    await jest.advanceTimersByTimeAsync(12_900);
    expect(steps).toEqual([]);
    await jest.advanceTimersByTimeAsync(200);
    expect(steps).toEqual(['roll 3', 'delete 3']);
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(steps).toHaveLength(6);
  });

  it('goes on after a fault, which it tells once, as its end', async () => {
    fault = new DatabaseError('57P01', 'the server is away', true);
    await jest.advanceTimersByTimeAsync(3 * MINUTE_MS);
    expect(steps.filter((step) => step.startsWith('roll'))).toHaveLength(3);
    expect(steps.some((step) => step.startsWith('delete'))).toBe(false);
    fault = null;
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(steps.at(-1)).toBe('delete 3');
    expect(lines.filter((line) => line.includes('not made'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('again'))).toHaveLength(1);
  });

  it('does nothing more after its end', async () => {
    housekeeper.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(steps).toEqual([]);
  });
});
