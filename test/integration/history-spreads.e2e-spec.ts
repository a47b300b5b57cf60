import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SpreadCandle } from '../../src/core/spread-history/spread-candle.js';
import { openDuring, testDatabases } from '../support/databases.js';
import { DrivenFeed } from '../support/opportunities.js';
import { between, spreadCandle } from '../support/scripted-feed.js';
import { type HistoryParts, historyOf, startOf } from './history-parts.js';

const databases = await testDatabases();
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** An hour before a midnight. */
const START_MS = 20_775 * DAY_MS - HOUR_MS;

describe.each(databases)('spreads ($kind)', (target) => {
  const opened = openDuring(target);
  let feed: DrivenFeed;
  let history: HistoryParts;

  const empty = (): Promise<object[]> =>
    opened.database.query(
      'TRUNCATE spread_candles_1s, spread_candles_1m, spread_candles_5m, spread_candles_1h, spread_candles_1d',
    );

  beforeEach(async () => {
    await empty();
    feed = new DrivenFeed();
    history = historyOf(opened.database, feed, { flushMs: 10_000 });
    await startOf(history);
  });

  afterEach(async () => {
    await history.recorder.beforeApplicationShutdown();
  });

  type Row = Record<string, unknown>;
  const samples = async (query: Record<string, string>): Promise<Row[]> =>
    [...(await history.spreads.samples(query)).data] as unknown as Row[];
  const candles = async (query: Record<string, string>): Promise<Row[]> => [
    ...(await history.spreads.candles(query)).data,
  ];
  const roll = async (nowMs: number): Promise<void> => {
    await history.writers.flushWithin(5_000);
    await history.roller.roll(nowMs);
  };

  it('shows each second as it was told, to the last digit, once however often it is told', async () => {
    feed.tellSpreads(spreadCandle({ closeBps: 99 }));
    await history.writers.flushWithin(5_000);
    feed.tellSpreads(spreadCandle());
    const { v, ...candle } = spreadCandle();
    expect(v).toBe(1);
    expect(await candles({ interval: '1s' })).toEqual([candle]);
    const { startMs, closeBps, grossBps, routeId, symbol, buyExchange, sellExchange } = candle;
    expect(await samples({})).toEqual([
      { atMs: startMs, routeId, symbol, buyExchange, sellExchange, netBps: closeBps, grossBps },
    ]);
  });

  it('filters by what was asked', async () => {
    feed.tellSpreads(
      spreadCandle({ closeBps: 1, highBps: 5 }),
      spreadCandle({ ...between('kraken', 'okx'), closeBps: 2, highBps: 2 }),
      spreadCandle({ ...between('okx', 'bybit', 'ETH/USDT'), closeBps: 3, highBps: 3, startMs: 1_795_000_001_000 }),
    );
    const net = async (query: Record<string, string>): Promise<unknown[]> =>
      (await samples({ sort: 'time', ...query })).map(({ netBps }) => netBps);
    expect(await net({})).toEqual([1, 2, 3]);
    expect(await net({ sort: '-time' })).toEqual([3, 2, 1]);
    expect(await net({ symbol: 'BTC/USDT' })).toEqual([1, 2]);
    expect(await net({ exchange: 'kraken' })).toEqual([1, 2]);
    expect(await net({ buyExchange: 'okx', sellExchange: 'kraken' })).toEqual([1]);
    expect(await net({ routeId: 'cross:kraken:BTC/USDT>okx:BTC/USDT' })).toEqual([2]);
    expect(await net({ minNetBps: '2.5' })).toEqual([3]);
    expect(await net({ from: '1795000000000', to: '1795000001000' })).toEqual([1, 2]);
    expect(await net({ symbol: 'DOGE/USDT' })).toEqual([]);
    const wide = await candles({ interval: '1s', minNetBps: '2.5', sort: 'time' });
    expect(wide.map(({ highBps }) => highBps)).toEqual([5, 3]);
  });

  it('makes minutes, hours and days of seconds: the same figures as adding them up by hand', async () => {
    const seconds = Array.from({ length: 2 * 3_600 }, (_, i) => {
      const closeBps = Math.round(Math.sin(i / 97) * 4_000) / 64;
      const figures = {
        openBps: closeBps - 0.5,
        highBps: closeBps + 1,
        lowBps: closeBps - 1,
        closeBps,
        aboveMs: i % 7,
      };
      return spreadCandle({ startMs: START_MS + i * 1_000, ...figures, grossBps: closeBps + 20, samples: 1 + (i % 3) });
    });
    feed.tellSpreads(...seconds);
    await roll(START_MS + 2 * HOUR_MS + 4_000);
    for (const [interval, widthMs, count] of [
      ['1m', 60_000, 120],
      ['5m', 300_000, 24],
      ['1h', HOUR_MS, 2],
      ['1d', DAY_MS, 2],
    ] as const) {
      const rows = await candles({ interval, sort: 'time', limit: '1000' });
      expect(rows).toHaveLength(count);
      expect(rows).toEqual(byHand(seconds, widthMs));
    }
  });

  it('lets wide candles grow minute by minute, and takes in what came late', async () => {
    feed.tellSpreads(spreadCandle({ startMs: START_MS + 1_000, highBps: 3 }));
    await roll(START_MS + 30_000);
    expect(await candles({ interval: '1m' })).toEqual([]);
    await roll(START_MS + 63_000);
    expect(await candles({ interval: '1h' })).toMatchObject([{ highBps: 3, samples: 10 }]);
    feed.tellSpreads(spreadCandle({ startMs: START_MS + 61_000, highBps: 7 }));
    await roll(START_MS + 123_000);
    expect(await candles({ interval: '1d' })).toMatchObject([{ highBps: 7, samples: 20 }]);
    feed.tellSpreads(spreadCandle({ startMs: START_MS + 2_000, lowBps: -50 }));
    await roll(START_MS + 183_000);
    expect(await candles({ interval: '1d' })).toMatchObject([{ lowBps: -50, samples: 30 }]);
    expect(await candles({ interval: '1m', sort: 'time' })).toMatchObject([{ samples: 20 }, { samples: 10 }]);
  });

  it('makes up for what an ended run had stored and not made', async () => {
    feed.tellSpreads(spreadCandle({ startMs: START_MS + 5_000 }));
    await history.writers.flushWithin(5_000);
    const next = historyOf(opened.database, new DrivenFeed('epoch2'));
    await next.roller.roll(START_MS + 65_000);
    expect(await candles({ interval: '1d' })).toMatchObject([{ samples: 10 }]);
  });

  it('drops seconds and minutes after their time, a whole day at once, and keeps the wide ones', async () => {
    const now = START_MS + 31 * DAY_MS;
    const at = [0, 60_000, 30 * DAY_MS - 60_000, 30 * DAY_MS + 61_000, 31 * DAY_MS - 120_000];
    feed.tellSpreads(...at.map((offset) => spreadCandle({ startMs: START_MS + offset })));
    await roll(now);
    const dropped = await history.retention.apply(now + 30_000);
    expect(dropped.seconds).toBeGreaterThanOrEqual(1);
    expect(dropped.minutes).toBeGreaterThanOrEqual(1);
    expect(await history.retention.apply(now + 30_000)).toEqual({ seconds: 0, minutes: 0, refusals: 0 });
    expect(await samples({})).toHaveLength(3);
    expect(await candles({ interval: '1m' })).toHaveLength(3);
    const days = await candles({ interval: '1d' });
    expect(days.map(({ samples: count }) => count)).toEqual([10, 20, 20]);

    history.roller.note(START_MS);
    await history.roller.roll(now + 60_000);
    expect(await candles({ interval: '1d' })).toEqual(days);
  });

  it('pages through every row exactly once, in order, while others are inserted', async () => {
    const run = fc.record({
      seconds: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 15 }),
      limit: fc.integer({ min: 1, max: 6 }),
      sort: fc.constantFrom('time', '-time'),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ seconds, limit, sort }) => {
        await empty();
        const tell = (second: number, name: string): void => {
          feed.tellSpreads(spreadCandle({ startMs: START_MS + second * 1_000, ...between('okx', name) }));
        };
        seconds.forEach((second, i) => {
          tell(second, `ex${i}`);
        });
        const seen: Row[] = [];
        let cursor: string | null = null;
        let late = 0;
        do {
          const page = await history.spreads.samples({ sort, limit: String(limit), ...(cursor ? { cursor } : {}) });
          expect(page.hasMore).toBe(page.nextCursor !== null);
          seen.push(...(page.data as unknown as Row[]));
          cursor = page.nextCursor;
          if (late < 5) tell(2, `late${(late += 1)}`);
        } while (cursor !== null);
        const told = seen.map(({ sellExchange }) => String(sellExchange)).filter((name) => name.startsWith('ex'));
        expect(told).toHaveLength(seconds.length);
        expect(new Set(told).size).toBe(seconds.length);
        const times = seen.map(({ atMs }) => Number(atMs));
        expect(times).toEqual([...times].sort((a, b) => (sort === 'time' ? a - b : b - a)));
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it.each([
    ['interval', '2m'],
    ['minNetBps', 'x'],
    ['sort', 'netBps'],
    ['to', '2026-02-30'],
    ['exchange', 'OKX'],
    ['cursor', 'x'],
  ])('refuses %s=%s by its name', async (field, value) => {
    const asked = (): Promise<unknown> => Promise.resolve().then(() => history.spreads.candles({ [field]: value }));
    await expect(asked()).rejects.toMatchObject({ code: 'bad_query', field });
  });

  it('refuses a cursor of another interval', async () => {
    feed.tellSpreads(spreadCandle(), spreadCandle({ startMs: 1_795_000_001_000 }));
    const { nextCursor } = await history.spreads.candles({ interval: '1s', limit: '1' });
    const asked = (): Promise<unknown> =>
      Promise.resolve().then(() => history.spreads.candles({ interval: '1m', cursor: nextCursor ?? '' }));
    await expect(asked()).rejects.toMatchObject({ code: 'bad_query', field: 'cursor' });
  });
});

/** Candles of one route put together in the plainest way. */
function byHand(seconds: readonly SpreadCandle[], widthMs: number): object[] {
  const parts = new Map<number, SpreadCandle[]>();
  for (const second of seconds) {
    const startMs = Math.floor(second.startMs / widthMs) * widthMs;
    parts.set(startMs, [...(parts.get(startMs) ?? []), second]);
  }
  return [...parts].map(([startMs, all]) => {
    const [first, last] = [all[0]!, all.at(-1)!];
    const { routeId, symbol, buyExchange, sellExchange } = first;
    return {
      startMs,
      ...{ routeId, symbol, buyExchange, sellExchange },
      openBps: first.openBps,
      highBps: Math.max(...all.map(({ highBps }) => highBps)),
      lowBps: Math.min(...all.map(({ lowBps }) => lowBps)),
      closeBps: last.closeBps,
      grossBps: last.grossBps,
      samples: all.reduce((sum, { samples }) => sum + samples, 0),
      aboveMs: all.reduce((sum, { aboveMs }) => sum + aboveMs, 0),
    };
  });
}
