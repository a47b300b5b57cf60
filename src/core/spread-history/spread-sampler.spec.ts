import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Route, crossRoute } from '../market/route.js';
import { netBps } from '../spread/top-spread.js';
import type { SpreadCandle } from './spread-candle.js';
import { SpreadRow, type SpreadSample, SpreadSampler } from './spread-sampler.js';

const routeTo = (sell: string): Route =>
  crossRoute({ exchange: 'okx', symbol: 'BTC/USDT' }, { exchange: sell, symbol: 'BTC/USDC' });
const row = (...sells: string[]): SpreadRow => new SpreadRow('BTC', sells.map(routeTo));
const etherRow = (sell: string): SpreadRow => new SpreadRow('ETH', [routeTo(sell)]);
const sample = (bid: number, part: Partial<SpreadSample> = {}): SpreadSample => ({
  ...{ ask: 100, bid, buyTakerFeeBps: 10, sellTakerFeeBps: 20, spokenForMs: 100 },
  ...part,
});

function sampler(routes = 3, minNetBps = 5): { seconds: SpreadCandle[][]; sampler: SpreadSampler } {
  const seconds: SpreadCandle[][] = [];
  return { seconds, sampler: new SpreadSampler(routes, minNetBps, (candles) => seconds.push([...candles])) };
}

describe('SpreadSampler', () => {
  it('makes one candle a second of the samples of a route', () => {
    const { seconds, sampler: made } = sampler();
    const held = row('gate');
    for (const [index, bid] of [100.4, 100.5, 100.1, 100.2].entries()) {
      made.begin(7_000 + index * 100);
      made.take(held, 0, sample(bid));
    }
    expect(seconds).toEqual([]);
    made.begin(8_000);
    const [candle] = seconds.flat();
    expect(candle).toMatchObject({
      ...{
        v: 1,
        startMs: 7_000,
        routeId: routeTo('gate').id,
        symbol: 'BTC/USDT',
        buyExchange: 'okx',
        sellExchange: 'gate',
      },
      ...{ samples: 4, aboveMs: 200 },
    });
    const net = (bid: number): number => netBps(100, bid, 10, 20);
    expect(candle?.openBps).toBeCloseTo(net(100.4), 9);
    expect(candle?.highBps).toBeCloseTo(net(100.5), 9);
    expect(candle?.lowBps).toBeCloseTo(net(100.1), 9);
    expect(candle?.closeBps).toBeCloseTo(net(100.2), 9);
    expect(candle?.grossBps).toBeCloseTo(20, 9);
  });

  it('keeps seconds and routes apart, and tells no second twice', () => {
    const { seconds, sampler: made } = sampler();
    const [a, b] = [row('a'), row('b')];
    made.begin(1_900);
    made.take(a, 0, sample(101));
    made.begin(2_000);
    made.take(b, 0, sample(102));
    made.take(a, 0, sample(103));
    made.end();
    made.end();
    const told = seconds.map((candles) =>
      candles.map((each) => [each.startMs, each.sellExchange, Math.round(each.grossBps), each.samples]),
    );
    expect(told).toEqual([
      [[1_000, 'a', 100, 1]],
      [
        [2_000, 'a', 300, 1],
        [2_000, 'b', 200, 1],
      ],
    ]);
  });

  it('tells nothing of a second without samples, nor of routes without prices', () => {
    const { seconds, sampler: made } = sampler();
    made.begin(1_000);
    made.take(row('a'), 0, sample(NaN));
    made.take(row('a'), 0, sample(100, { ask: NaN }));
    made.take(row('a'), 0, sample(100, { buyTakerFeeBps: NaN }));
    made.begin(2_000);
    made.end();
    expect(seconds).toEqual([]);
  });

  it('keeps the best routes of each asset by their highest, best first', () => {
    const { seconds, sampler: made } = sampler(2);
    made.begin(1_000);
    for (const [index, bid] of [101, 103, 102, 100].entries()) made.take(row(`btc${index}`), 0, sample(bid));
    made.take(etherRow('eth'), 0, sample(90));
    made.end();
    expect(seconds.flat().map(({ sellExchange }) => sellExchange)).toEqual(['btc1', 'btc2', 'eth']);
  });

  it('keeps the route that came first where two are as good', () => {
    const { seconds, sampler: made } = sampler(1);
    made.begin(1_000);
    for (const name of ['first', 'second']) made.take(row(name), 0, sample(101));
    made.end();
    expect(seconds.flat().map(({ sellExchange }) => sellExchange)).toEqual(['first']);
  });

  it('counts time at what is asked, and never more than a second of it', () => {
    const { seconds, sampler: made } = sampler(3, 100);
    const held = row('a');
    const free = { buyTakerFeeBps: 0, sellTakerFeeBps: 0 };
    made.begin(1_000);
    made.take(held, 0, sample(101, { ...free, spokenForMs: 300 }));
    made.take(held, 0, sample(100.99, { ...free, spokenForMs: 300 }));
    made.take(etherRow('b'), 0, sample(102, { ...free, spokenForMs: 900 }));
    made.end();
    expect(seconds[0]?.map(({ aboveMs }) => aboveMs)).toEqual([300, 900]);
    made.begin(2_000);
    made.take(held, 0, sample(102, { spokenForMs: 900 }));
    made.take(held, 0, sample(102, { spokenForMs: 900 }));
    made.end();
    expect(seconds[1]?.[0]?.aboveMs).toBe(1_000);
  });

  it('takes as many routes in a second as there are, each second anew', () => {
    const { seconds, sampler: made } = sampler(1_000);
    const holders = Array.from({ length: 300 }, (_, index) => row(`x${index}`));
    for (const nowMs of [1_000, 2_000]) {
      made.begin(nowMs);
      for (const [index, held] of holders.entries()) made.take(held, 0, sample(200 - index, { spokenForMs: index }));
    }
    made.end();
    expect(seconds.map(({ length }) => length)).toEqual([300, 300]);
    for (const [index, candle] of seconds[1]?.entries() ?? []) {
      expect(candle).toMatchObject({ sellExchange: `x${index}`, samples: 1, aboveMs: index < 100 ? index : 0 });
      expect(candle.openBps).toBeCloseTo(netBps(100, 200 - index, 10, 20), 6);
      expect(candle.lowBps).toBe(candle.openBps);
    }
  });

  it('goes on with what was sampled when a row grows or shrinks', () => {
    const { seconds, sampler: made } = sampler();
    made.begin(1_000);
    const [a, b, c] = ['a', 'b', 'c'].map(routeTo) as [Route, Route, Route];
    const first = new SpreadRow('BTC', [a, b]);
    for (const at of [0, 1]) made.take(first, at, sample(101));
    const second = new SpreadRow('BTC', [b, c], first);
    for (const at of [0, 1]) made.take(second, at, sample(102));
    made.begin(2_000);
    made.take(new SpreadRow('BTC', [c], second), 0, sample(103));
    made.end();
    const told = seconds.map((candles) => candles.map(({ sellExchange, samples }) => [sellExchange, samples]));
    expect(told).toEqual([
      [
        ['b', 2],
        ['c', 1],
        ['a', 1],
      ],
      [['c', 1]],
    ]);
  });

  it('counts what stands at just what is asked', () => {
    const { seconds, sampler: made } = sampler(3, 5_000);
    made.begin(1_000);
    made.take(row('a'), 0, sample(150, { buyTakerFeeBps: 0, sellTakerFeeBps: 0, spokenForMs: 70 }));
    made.end();
    expect(seconds[0]?.[0]?.aboveMs).toBe(70);
  });

  it('is what a list of all samples would give, for any samples of many routes', () => {
    const any = fc.tuple(fc.nat({ max: 150 }), fc.integer({ min: 9_800, max: 10_200 }), fc.nat({ max: 400 }));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 400 }), (takes) => {
        const { seconds, sampler: made } = sampler(1_000);
        const held = row(...Array.from({ length: 151 }, (_, index) => `x${index}`));
        const naive = new Map<string, number[]>();
        let nowMs = 10_000;
        for (const [which, cents, passed] of takes) {
          nowMs += passed;
          made.begin(nowMs);
          made.take(held, which, sample(cents / 100));
          const key = `${nowMs - (nowMs % 1_000)} x${which}`;
          naive.set(key, [...(naive.get(key) ?? []), netBps(100, cents / 100, 10, 20)]);
        }
        made.end();
        const candles = seconds.flat();
        expect(candles).toHaveLength(naive.size);
        for (const { startMs, sellExchange, ...candle } of candles) {
          const all = naive.get(`${startMs} ${sellExchange}`) ?? [];
          expect(candle.samples).toBe(all.length);
          expect(candle.openBps).toBeCloseTo(all[0] as number, 6);
          expect(candle.closeBps).toBeCloseTo(all.at(-1) as number, 6);
          expect(candle.highBps).toBeCloseTo(Math.max(...all), 6);
          expect(candle.lowBps).toBeCloseTo(Math.min(...all), 6);
        }
      }),
    );
  });
});
