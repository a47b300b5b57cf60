import { describe, expect, it } from '@jest/globals';
import { DetectorRig, detectorSettings, paying } from './detector-rig.js';

describe('MarketSamples', () => {
  it('tells the best routes of each base once a second, paying or not', () => {
    const bench = new DetectorRig({ ...detectorSettings, spreadRoutes: 1 });
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
      for (const [index, exchange] of ['okx', 'binance', 'gate'].entries()) {
        bench.exchange(exchange, symbol).book(exchange, [99 + index, 1], [99.5 + index, 1], symbol);
      }
    }
    for (let tick = 0; tick < 10; tick++) bench.wait(100);
    expect(bench.candles).toMatchObject([
      { startMs: 1_000_000, symbol: 'BTC/USDT', buyExchange: 'okx', sellExchange: 'gate', samples: 9 },
      { startMs: 1_000_000, symbol: 'ETH/USDT', buyExchange: 'okx', sellExchange: 'gate', samples: 9 },
    ]);
    const [candle] = bench.candles;
    expect(candle?.grossBps).toBeCloseTo((101 / 99.5 - 1) * 10_000, 9);
    // The first sample speaks for no time before it.
    expect(candle?.aboveMs).toBe(800);
  });

  it('tells of both ways of a pair, and of the second that runs at the end', () => {
    const bench = paying().wait(100);
    bench.detector.shutdown(bench.nowMs);
    expect(bench.candles.map(({ buyExchange, aboveMs }) => [buyExchange, aboveMs])).toEqual([
      ['okx', 0],
      ['binance', 0],
    ]);
  });

  it('samples no book that cannot be leaned on', () => {
    const bench = paying();
    bench.feed({ type: 'exchange', exchange: 'okx', state: 'down', clockOffsetMs: 0, atMs: bench.nowMs });
    bench.wait(100).wait(1_000);
    expect(bench.candles).toEqual([]);
    const stale = paying().wait(3_001).wait(1_000);
    expect(stale.candles).toEqual([]);
    const crossed = paying().book('okx', [101, 1], [100, 1]).wait(100).wait(1_000);
    expect(crossed.candles).toEqual([]);
  });

  it('samples a spread between two quotes as it is once converted', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDC').exchange('gate', 'USDC/USDT', 0);
    bench.book('gate', [0.9, 9], [0.91, 9], 'USDC/USDT');
    bench.book('okx', [99, 5], [100, 5]).book('binance', [110, 5], [111, 5], 'BTC/USDC').wait(100).wait(1_000);
    const candle = bench.candles.find(({ buyExchange }) => buyExchange === 'okx');
    expect(candle?.grossBps).toBeCloseTo((110 * 0.9 - 100) * 100, 6);
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('compares prices in one quote and one unit: dollars on %s, won on %s', (dollars, won) => {
    const bench = new DetectorRig();
    bench.exchange(dollars, '1000NEIRO/USDT').exchange(won, 'NEIRO/KRW').exchange('c', 'USDT/KRW', 0);
    for (let second = 0; second <= 11; second++) {
      bench.book('c', [1_399, 9], [1_401, 9], 'USDT/KRW');
      bench.book(dollars, [1_990, 1], [2_010, 1], '1000NEIRO/USDT').book(won, [2_790, 1], [2_810, 1], 'NEIRO/KRW');
      bench.wait(1_000);
    }
    expect(bench.detector.identities().filter(({ source }) => source === 'learnt')).toMatchObject([
      { asset: 'NEIRO', exchanges: ['a', 'b'], verdict: 'allow' },
    ]);
  });

  it('proves a ticker by its price ratio though there are more routes than a round looks at', () => {
    const count = 130;
    const exchanges = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const bench = new DetectorRig();
    for (let index = 0; index < count; index++) {
      for (const exchange of exchanges)
        bench.exchange(exchange, `C${index}/USDT`).book(exchange, [1, 1], [1.001, 1], `C${index}/USDT`);
    }
    for (let tick = 0; tick < 125; tick++) {
      bench.nowMs += 100;
      for (const exchange of tick % 10 === 0 ? exchanges : []) {
        const symbols = Array.from({ length: count }, (_, index) => `C${index}/USDT`);
        bench.feed({ type: 'alive', exchange, symbols, atMs: bench.nowMs });
      }
      bench.feed({ type: 'tick', nowMs: bench.nowMs, loopDelayMs: 0, queueMs: 0 });
    }
    const proven = new Set(
      bench.detector.identities().flatMap(({ asset, source }) => (source === 'learnt' ? asset : [])),
    );
    expect(proven.size).toBe(count);
    const whole = bench.candles.filter(({ startMs }) => startMs > 1_000_000 && startMs < 1_012_000);
    // Every asset has its turn in every second, and none is looked at in every round.
    expect(whole).toHaveLength(11 * count * detectorSettings.spreadRoutes);
    expect(Math.max(...whole.map(({ samples }) => samples))).toBeLessThan(10);
    expect(Math.min(...whole.map(({ samples }) => samples))).toBeGreaterThan(4);
    expect(Math.max(...bench.candles.map(({ aboveMs }) => aboveMs))).toBeLessThanOrEqual(1_000);
  });
});
