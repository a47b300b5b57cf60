import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openDuring, testDatabases } from '../support/databases.js';
import { DrivenFeed } from '../support/opportunities.js';
import { between, refusalCount, refusalMinute } from '../support/scripted-feed.js';
import { type HistoryParts, historyOf, startOf } from './history-parts.js';

const databases = await testDatabases();
const MINUTE_MS = 60_000;

describe.each(databases)('refusals ($kind)', (target) => {
  const opened = openDuring(target);
  let feed: DrivenFeed;
  let history: HistoryParts;
  let thisMinute: number;

  beforeEach(async () => {
    await opened.database.query('TRUNCATE refusal_minutes, detector_epochs');
    thisMinute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    feed = new DrivenFeed();
    history = historyOf(opened.database, feed, { flushMs: 10_000 });
    await startOf(history);
  });

  afterEach(async () => {
    await history.recorder.beforeApplicationShutdown();
  });

  type Row = Record<string, unknown>;
  const ask = async (query: Record<string, string>): Promise<Row[]> =>
    [...(await history.refusals.list(query)).data] as unknown as Row[];
  const tell = (minutesAgo: number, part: Parameters<typeof refusalMinute>[0] = {}): void => {
    feed.tellMinutes(refusalMinute({ minuteMs: thisMinute - minutesAgo * MINUTE_MS, ...part }));
  };

  it('answers what was counted since the start where nothing else is asked for', async () => {
    feed.counts = [refusalCount(), refusalCount({ ...between('okx', 'bybit', 'ETH/USDT'), reason: 'stale' })];
    expect(await history.refusals.list({})).toEqual({
      data: feed.counts,
      nextCursor: null,
      hasMore: false,
      epoch: 'epoch1',
    });
    expect(await ask({ symbol: 'ETH/USDT' })).toEqual([feed.counts[1]]);
    expect(await ask({ sellExchange: 'kraken' })).toEqual([feed.counts[0]]);
    expect(await ask({ exchange: 'bybit', buyExchange: 'okx' })).toEqual([feed.counts[1]]);
    expect(await ask({ reason: 'late' })).toEqual([]);
  });

  it('stores each minute as it was told, once however often it is told', async () => {
    tell(1);
    await history.writers.flushWithin(5_000);
    tell(1, { entries: 3, durationMs: 0.1 + 0.2 });
    await history.writers.flushWithin(5_000);
    const { v, ...minute } = refusalMinute({ minuteMs: thisMinute - MINUTE_MS, entries: 3, durationMs: 0.1 + 0.2 });
    expect(v).toBe(1);
    expect(await ask({ group: 'minute' })).toEqual([minute]);
  });

  it('shows the minute that is not over as it is now, and replaces it when it is over', async () => {
    tell(1, { entries: 2, durationMs: 30 });
    feed.running = [refusalMinute({ minuteMs: thisMinute, entries: 3, durationMs: 6.5 })];
    expect(await ask({ from: String(thisMinute) })).toMatchObject([
      { entries: 3, durationMs: 6.5, reason: 'too_thin' },
    ]);
    feed.running = [];
    tell(0, { entries: 4, durationMs: 8 });
    expect(await ask({ from: String(thisMinute) })).toMatchObject([{ entries: 4, durationMs: 8 }]);
    expect(await ask({ group: 'reason' })).toEqual([{ reason: 'too_thin', entries: 6, durationMs: 38 }]);
  });

  it('keeps runs apart, and filters by what was asked', async () => {
    tell(3, { entries: 1 });
    tell(2, { entries: 10, ...between('kraken', 'okx') });
    tell(2, { entries: 100, ...between('okx', 'bybit', 'ETH/USDT'), reason: 'stale' });
    await history.writers.flushWithin(5_000);
    const other = historyOf(opened.database, new DrivenFeed('epoch2'));
    other.writers.refusals.take([refusalMinute({ epoch: 'epoch2', minuteMs: thisMinute - 3 * MINUTE_MS, entries: 5 })]);
    await other.writers.flushWithin(5_000);

    const sums = async (query: Record<string, string>): Promise<unknown[]> =>
      (await ask({ group: 'minute', ...query })).map(({ entries }) => entries);
    expect(await sums({})).toEqual([100, 10, 5, 1]);
    expect(await sums({ symbol: 'BTC/USDT' })).toEqual([10, 5, 1]);
    expect(await sums({ buyExchange: 'okx' })).toEqual([100, 5, 1]);
    expect(await sums({ exchange: 'bybit' })).toEqual([100]);
    expect(await sums({ reason: 'stale' })).toEqual([100]);
    expect(await sums({ routeId: 'cross:kraken:BTC/USDT>okx:BTC/USDT' })).toEqual([10]);
    expect(await sums({ routeId: 'cross:kraken:BTC/USDT>okx:NOT/USDT' })).toEqual([]);
    expect(await sums({ to: String(thisMinute - 2 * MINUTE_MS) })).toEqual([5, 1]);
    expect(await sums({ from: String(thisMinute - 2 * MINUTE_MS) })).toEqual([100, 10]);
    const routes = await ask({ group: 'route' });
    expect(routes.map(({ entries }) => entries).sort()).toEqual([10, 100, 6]);
    expect(await ask({ group: 'reason' })).toMatchObject([
      { reason: 'stale', entries: 100 },
      { reason: 'too_thin', entries: 16 },
    ]);
  });

  it('pages through every row exactly once, in order, while others are inserted', async () => {
    const run = fc.record({
      minutes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 15 }),
      limit: fc.integer({ min: 1, max: 6 }),
      group: fc.constantFrom('minute', 'route'),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ minutes, limit, group }) => {
        await opened.database.query('TRUNCATE refusal_minutes');
        minutes.forEach((ago, i) => {
          tell(ago, between('okx', `ex${i}`));
        });
        const seen: Row[] = [];
        let cursor: string | null = null;
        let late = 0;
        do {
          const page = await history.refusals.list({ group, limit: String(limit), ...(cursor ? { cursor } : {}) });
          expect(page.data.length).toBeLessThanOrEqual(limit);
          expect(page.hasMore).toBe(page.nextCursor !== null);
          seen.push(...(page.data as unknown as Row[]));
          cursor = page.nextCursor;
          if (late < 5) tell(3, between('okx', `late${(late += 1)}`));
        } while (cursor !== null);
        const told = seen.map(({ sellExchange }) => String(sellExchange)).filter((name) => name.startsWith('ex'));
        expect(new Set(told).size).toBe(minutes.length);
        expect(told).toHaveLength(minutes.length);
        if (group === 'minute') {
          const times = seen.map(({ minuteMs }) => Number(minuteMs));
          expect(times).toEqual([...times].sort((a, b) => b - a));
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it.each([
    ['reason', 'bored'],
    ['group', 'day'],
    ['routeId', 'okx'],
    ['from', 'yesterday'],
    ['limit', '1001'],
    ['reasons', 'stale'],
    ['cursor', 'bm9uZQ'],
  ])('refuses %s=%s by its name', async (field, value) => {
    await expect(history.refusals.list({ [field]: value })).rejects.toMatchObject({ code: 'bad_query', field });
  });

  it('refuses to add up more than a month, and a cursor of another group', async () => {
    const wide = { group: 'route', from: '2026-01-01', to: '2026-03-01' };
    await expect(history.refusals.list(wide)).rejects.toMatchObject({ code: 'bad_query', field: 'from' });
    tell(1);
    tell(2);
    const { nextCursor } = await history.refusals.list({ limit: '1' });
    const other = { group: 'route', cursor: nextCursor ?? '' };
    await expect(history.refusals.list(other)).rejects.toMatchObject({ code: 'bad_query', field: 'cursor' });
  });

  it('deletes minutes after their time, and no others', async () => {
    tell(1);
    tell(91 * 24 * 60);
    await history.writers.flushWithin(5_000);
    expect((await history.retention.apply(Date.now())).refusals).toBeGreaterThanOrEqual(1);
    const [left] = await opened.database.query('SELECT count(*)::int AS n FROM refusal_minutes');
    expect(left).toEqual({ n: 1 });
  });
});
