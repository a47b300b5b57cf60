import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { candleTable } from '../../src/history/candle-widths.js';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import { isPartitioned, PartitionRepository } from '../../src/history/partition.repository.js';
import { opportunity } from '../support/opportunities.js';
import { between, spreadCandle } from '../support/scripted-feed.js';
import { HistoryApp } from './history-app.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
type Json = Record<string, unknown>;

let app: HistoryApp;
beforeAll(async () => {
  app = await HistoryApp.open();
}, 60_000);
afterAll(() => app.close());

const get = async (target: string): Promise<Json> => (await (await fetch(`${app.url}${target}`)).json()) as Json;
const save = (...all: Partial<Opportunity>[]): Promise<void> =>
  app.get(OpportunityRepository).save(all.map(opportunity));

beforeEach(async () => {
  await app.database.query(
    'TRUNCATE opportunities, spread_candles_1s, spread_candles_1m, spread_candles_5m, spread_candles_1h',
  );
});

/** Puts a candle into the table of a width, as rolling it up would. */
async function candleOf(width: '1m' | '5m' | '1h', startMs: number, routeId: string, figures: Json): Promise<void> {
  const { closeBps = 0, grossBps = 0 } = figures;
  const table = candleTable(width);
  if (isPartitioned(table)) await app.get(PartitionRepository).ensure(table, [startMs]);
  await app.database.query(
    `INSERT INTO ${table} SELECT to_timestamp($1::float8 / 1000), id, 0, 0, 0, $2::float8, $3::float8, 1, 0
     FROM routes WHERE route_id = $4`,
    [startMs, closeBps, grossBps, routeId],
  );
}

/** Makes routes known, as candles of a second do. */
async function know(...routes: ReturnType<typeof between>[]): Promise<void> {
  app.feed.tellSpreads(...routes.map((route) => spreadCandle({ ...route, startMs: 1_000 })));
  await get('/v1/spreads?limit=1');
}

describe('GET /v1/spreads/matrix', () => {
  const second = 1_795_000_000_000;
  const cells = async (query: string): Promise<unknown[]> =>
    ((await get(`/v1/spreads/matrix?${query}`))['data'] as Json[]).map(
      ({ buyExchange, sellExchange, netBps, ageMs }) => [buyExchange, sellExchange, netBps, ageMs],
    );

  it('shows the best spread each way by its last second that was over, with its age', async () => {
    app.clock.advance(second + 30_000 - app.clock.nowMs());
    app.feed.tellSpreads(
      spreadCandle({ ...between('okx', 'kraken'), startMs: second, closeBps: 1 }),
      spreadCandle({ ...between('okx', 'kraken'), startMs: second + 2_000, closeBps: 2 }),
      spreadCandle({ ...between('okx', 'kraken'), startMs: second + 9_000, closeBps: 9 }),
      spreadCandle({ ...between('kraken', 'okx'), startMs: second, closeBps: -30 }),
      spreadCandle({ ...between('okx', 'bybit', 'ETH/USDT'), startMs: second, closeBps: 7 }),
      spreadCandle({
        ...{ ...between('okx', 'kraken'), routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDC' },
        ...{ startMs: second + 1_000, closeBps: 4 },
      }),
    );
    expect(await cells(`symbol=BTC/USDT&at=${second + 5_500}`)).toEqual([
      ['kraken', 'okx', -30, 4_500],
      ['okx', 'kraken', 4, 3_500],
    ]);
    expect(await get(`/v1/spreads/matrix?symbol=BTC/USDT&at=${second + 5_500}`)).toMatchObject({
      ...{ symbol: 'BTC/USDT', atMs: second + 5_500, interval: '1s', exchanges: ['kraken', 'okx'], hasMore: false },
    });
    expect(await cells('symbol=BTC/USDT')).toContainEqual(['okx', 'kraken', 9, expect.any(Number)]);
  });

  it('tells nothing of what ended more than a minute before, and of no moment that is not over', async () => {
    app.feed.tellSpreads(spreadCandle({ startMs: second }));
    expect(await cells(`symbol=BTC/USDT&at=${second + 999}`)).toEqual([]);
    expect(await cells(`symbol=BTC/USDT&at=${second + 1_000}`)).toHaveLength(1);
    expect(await cells(`symbol=BTC/USDT&at=${second + 60_999}`)).toHaveLength(1);
    expect(await cells(`symbol=BTC/USDT&at=${second + 61_000}`)).toEqual([]);
    expect(await cells(`symbol=DOGE/USDT&at=${second + 1_000}`)).toEqual([]);
  });

  it('reads wider candles where those of a second are not kept any more', async () => {
    const at = app.clock.nowMs() - 3 * DAY_MS;
    await know(between('okx', 'kraken'));
    await candleOf('1m', Math.floor(at / MINUTE_MS) * MINUTE_MS - MINUTE_MS, between('okx', 'kraken').routeId, {
      closeBps: 5,
    });
    const answer = await get(`/v1/spreads/matrix?symbol=BTC/USDT&at=${at}`);
    expect(answer).toMatchObject({ interval: '1m', data: [{ netBps: 5 }] });
  });

  it.each([
    ['', 'symbol'],
    ['symbol=BTC', 'symbol'],
    ['symbol=BTC/USDT&at=then', 'at'],
    ['symbol=BTC/USDT&from=1', 'from'],
  ])('refuses %j by the name of what is wrong', async (query, field) => {
    expect(await get(`/v1/spreads/matrix?${query}`)).toMatchObject({ status: 400, code: 'bad_query', field });
  });
});

describe('GET /v1/stats', () => {
  const day = 20_774 * DAY_MS;
  const range = `from=${day}&to=${day + 2 * DAY_MS}`;

  it('tells percentiles and durations of what opened in the range', async () => {
    app.clock.advance(day + 5 * DAY_MS - app.clock.nowMs());
    const closedAfter = (ms: number, i: number): Partial<Opportunity> => ({
      ...{ id: `c${i}`, openedAtMs: day + i, state: 'closed', closedAtMs: day + i + ms, netBps: i },
    });
    await save(
      ...[50, 100, 249, 250, 4_000_000].map(closedAfter),
      { id: 'open', openedAtMs: day + 9, netBps: 5 },
      { id: 'eth', symbol: 'ETH/USDT', openedAtMs: day + 10, netBps: 1_000 },
      { id: 'early', openedAtMs: day - 1 },
      { id: 'late', openedAtMs: day + 2 * DAY_MS },
    );
    const answer = await get(`/v1/stats?symbol=BTC/USDT&${range}`);
    expect(answer).toMatchObject({ symbol: 'BTC/USDT', fromMs: day, toMs: day + 2 * DAY_MS });
    const told = answer['opportunities'] as { durationHistogram: { fromMs: number; toMs: number; count: number }[] };
    expect(told).toMatchObject({
      ...{ count: 6, open: 1, netBps: { p5: 0.25, p50: 2.5, p95: 4.75 }, durationMs: { p25: 100, p50: 249 } },
    });
    const counts = told.durationHistogram.filter(({ count }) => count > 0);
    expect(counts).toEqual([
      { fromMs: 0, toMs: 100, count: 1 },
      { fromMs: 100, toMs: 250, count: 2 },
      { fromMs: 250, toMs: 500, count: 1 },
      { fromMs: 3_600_000, toMs: null, count: 1 },
    ]);
    expect(await get(`/v1/stats?${range}`)).toMatchObject({ symbol: null, opportunities: { count: 7 } });
  });

  it('tells nulls and zeros where there is nothing', async () => {
    const { opportunities, arbitrageIndex } = await get('/v1/stats?from=1&to=2');
    expect(opportunities).toMatchObject({ count: 0, open: 0, netBps: { p50: null }, durationMs: { p99: null } });
    expect(arbitrageIndex).toEqual({ interval: '5m', days: [] });
  });

  it('averages, day by day, how far the best bid stood above the best ask', async () => {
    const [a, b, eth] = [between('okx', 'kraken'), between('okx', 'bybit'), between('okx', 'kraken', 'ETH/USDT')];
    await know(a, b, eth);
    // Two minutes of the first day: the better of two routes counts, 30 and 10 bps; one of the second, 50 bps.
    await candleOf('1m', day, a.routeId, { grossBps: 20 });
    await candleOf('1m', day, b.routeId, { grossBps: 30 });
    await candleOf('1m', day + MINUTE_MS, a.routeId, { grossBps: 10 });
    await candleOf('1m', day, eth.routeId, { grossBps: -40 });
    await candleOf('1m', day + DAY_MS, a.routeId, { grossBps: 50 });
    const { arbitrageIndex } = await get(`/v1/stats?symbol=BTC/USDT&${range}`);
    const close = (value: number): unknown => expect.closeTo(value, 9);
    expect(arbitrageIndex).toEqual({
      interval: '1m',
      days: [
        { dayMs: day, index: close(1.002), maxIndex: close(1.003), moments: 2, symbols: 1 },
        { dayMs: day + DAY_MS, index: close(1.005), maxIndex: close(1.005), moments: 1, symbols: 1 },
      ],
    });
    const all = await get(`/v1/stats?${range}`);
    expect(all['arbitrageIndex']).toMatchObject({ days: [{ index: close(1), moments: 3, symbols: 2 }, {}] });
  });

  it.each([
    ['from=1&to=0', 'from'],
    [`from=0&to=${93 * DAY_MS}`, 'from'],
    ['symbol=x', 'symbol'],
    ['base=BTC', 'base'],
  ])('refuses %j by the name of what is wrong', async (query, field) => {
    expect(await get(`/v1/stats?${query}`)).toMatchObject({ status: 400, code: 'bad_query', field });
  });
});

describe('the series of GET /v1/opportunities/{id}', () => {
  const opened = 1_795_000_000_500;

  it('is the seconds of its route that it lived through', async () => {
    const at = (offset: number): ReturnType<typeof spreadCandle> =>
      spreadCandle({ startMs: 1_795_000_000_000 + offset, closeBps: offset });
    app.feed.tellSpreads(at(-1_000), at(0), at(1_000), at(2_000), at(3_000));
    app.feed.tellSpreads(spreadCandle({ ...between('okx', 'bybit'), startMs: 1_795_000_001_000 }));
    await get('/v1/spreads?limit=1');
    await save({ id: 'x', openedAtMs: opened, state: 'closed', closedAtMs: opened + 2_000 });
    const { series } = (await get('/v1/opportunities/x')) as { series: { interval: string; points: Json[] } };
    expect(series.interval).toBe('1s');
    expect(series.points.map(({ closeBps }) => closeBps)).toEqual([0, 1_000, 2_000]);
    expect(Object.keys(series.points[0] ?? {}).join()).toBe('startMs,openBps,highBps,lowBps,closeBps,grossBps,samples');
  });

  it('is of wider candles where it lived long or the seconds are gone', async () => {
    const { routeId } = opportunity();
    await know(between('okx', 'kraken'));
    await candleOf('1m', 1_795_000_020_000 - (1_795_000_020_000 % MINUTE_MS), routeId, { closeBps: 6 });
    await candleOf('5m', 1_795_000_200_000, routeId, { closeBps: 8 });
    await save(
      { id: 'short', openedAtMs: opened, state: 'closed', closedAtMs: opened + 90_000 },
      { id: 'long', openedAtMs: opened, state: 'closed', closedAtMs: opened + DAY_MS },
    );
    const seriesOf = async (id: string): Promise<unknown> => (await get(`/v1/opportunities/${id}`))['series'];
    expect(await seriesOf('short')).toMatchObject({ interval: '1m', points: [{ closeBps: 6 }] });
    expect(await seriesOf('long')).toMatchObject({ interval: '5m', points: [{ closeBps: 8 }] });
  });
});
