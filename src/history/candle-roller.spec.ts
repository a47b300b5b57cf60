import { beforeEach, describe, expect, it } from '@jest/globals';
import { CandleRoller } from './candle-roller.js';
import type { CandleWidth } from './candle-widths.js';
import type { RollupRepository } from './rollup.repository.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A midnight. */
const DAY = 20_775 * DAY_MS;

/** Rows of a database that only notes what it was asked to make. */
class NotedRollups implements Pick<RollupRepository, 'roll' | 'newestMinute' | 'oldestSecond'> {
  rolled: [CandleWidth, number, number][] = [];
  newest: number | null = null;
  oldest: number | null = null;
  isAway = false;

  roll(width: CandleWidth, fromMs: number, toMs: number): Promise<void> {
    if (this.isAway) return Promise.reject(new Error('away'));
    this.rolled.push([width, fromMs - DAY, toMs - DAY]);
    return Promise.resolve();
  }

  newestMinute(): Promise<number | null> {
    return Promise.resolve(this.newest);
  }

  oldestSecond(): Promise<number | null> {
    return Promise.resolve(this.oldest);
  }

  taken(): [CandleWidth, number, number][] {
    return this.rolled.splice(0);
  }
}

describe('CandleRoller', () => {
  let rollups: NotedRollups;
  let roller: CandleRoller;

  beforeEach(() => {
    rollups = new NotedRollups();
    roller = new CandleRoller(rollups as unknown as RollupRepository);
  });

  it('makes nothing while nothing was stored', async () => {
    await roller.roll(DAY);
    expect(rollups.taken()).toEqual([]);
  });

  it('makes the minutes that are over, and the wider candles in which they lie', async () => {
    const now = DAY + HOUR_MS + 6 * MINUTE_MS + 3_000;
    roller.note(now - MINUTE_MS);
    roller.note(now - 1_000);
    await roller.roll(now);
    const end = HOUR_MS + 6 * MINUTE_MS;
    expect(rollups.taken()).toEqual([
      ['1m', HOUR_MS + 5 * MINUTE_MS, end],
      ['5m', HOUR_MS + 5 * MINUTE_MS, end],
      ['1h', HOUR_MS, end],
      ['1d', 0, end],
    ]);
  });

  it('makes nothing twice, but takes up the minute that was not over and what came late', async () => {
    const now = DAY + HOUR_MS;
    roller.note(now + 500);
    await roller.roll(now + 2_000);
    expect(rollups.taken().filter(([width]) => width === '1m')).toEqual([]);
    await roller.roll(now + 62_000);
    expect(rollups.taken()[0]).toEqual(['1m', HOUR_MS, HOUR_MS + MINUTE_MS]);
    await roller.roll(now + 122_000);
    expect(rollups.taken()).toEqual([]);
    roller.note(now - 10 * MINUTE_MS);
    await roller.roll(now + 182_000);
    expect(rollups.taken()[0]).toEqual(['1m', HOUR_MS - 10 * MINUTE_MS, HOUR_MS + 3 * MINUTE_MS]);
  });

  it('asks for a bounded number of candles at a time', async () => {
    roller.note(DAY);
    await roller.roll(DAY + 3 * HOUR_MS + 1);
    const minutes = rollups.taken().filter(([width]) => width === '1m');
    expect(minutes).toEqual([0, 1, 2].map((hour) => ['1m', hour * HOUR_MS, (hour + 1) * HOUR_MS]));
  });

  it('begins an hour before the newest minute of an earlier run, or at the oldest second', async () => {
    rollups.newest = DAY + 2 * HOUR_MS;
    await roller.roll(DAY + 2 * HOUR_MS + 5 * MINUTE_MS);
    expect(rollups.taken()[0]).toEqual(['1m', HOUR_MS, 2 * HOUR_MS]);

    rollups.newest = null;
    rollups.oldest = DAY + MINUTE_MS;
    await new CandleRoller(rollups as unknown as RollupRepository).roll(DAY + 3 * MINUTE_MS);
    expect(rollups.taken()[0]).toEqual(['1m', MINUTE_MS, 3 * MINUTE_MS]);
  });

  it('makes the next time what the database did not take, and what an end left', async () => {
    const now = DAY + HOUR_MS;
    roller.note(now - MINUTE_MS);
    rollups.isAway = true;
    await expect(roller.roll(now)).rejects.toThrow('away');
    rollups.isAway = false;
    await roller.roll(now, AbortSignal.abort());
    expect(rollups.taken()).toEqual([]);
    await roller.roll(now);
    expect(rollups.taken()[0]).toEqual(['1m', HOUR_MS - MINUTE_MS, HOUR_MS]);
  });
});
