import { describe, expect, it } from '@jest/globals';
import { DetectorRig, detectorSettings } from './detector-rig.js';

/** Sells for USDC on binance what it buys for USDT on okx, and turns the proceeds round on binance. */
function acrossQuotes(usdc: [number, number]): DetectorRig {
  const bench = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDC').exchange('binance', 'USDC/USDT', 5);
  bench.book('binance', [usdc[0], 1e6], [usdc[1], 1e6], 'USDC/USDT');
  return bench.book('okx', [99.9, 50], [100, 50]).book('binance', [100.5, 40], [100.6, 40], 'BTC/USDC');
}

describe('Detector across quotes', () => {
  it('opens what pays after the conversion and all three fees, and tells of each step', () => {
    const bench = acrossQuotes([1.0005, 1.0006]);
    const opportunity = bench.events[0]?.opportunity;
    const rate = 1.0005 * 0.9995;
    expect(opportunity).toMatchObject({
      ...{ symbol: 'BTC/USDT', currency: 'USDT', size: 40, notional: 4_000 },
      routeId: 'cross:okx:BTC/USDT>binance:BTC/USDC',
      conversion: {
        ...{ from: 'USDC', to: 'USDT', depegBps: null },
        steps: [{ exchange: 'binance', symbol: 'USDC/USDT', side: 'sell', price: 1.0005, takerFeeBps: 5 }],
      },
    });
    expect(opportunity?.conversion?.rate).toBeCloseTo(rate, 12);
    expect(opportunity?.netProfit).toBeCloseTo(40 * (100.5 * rate * 0.999 - 100 * 1.001), 9);
    expect(opportunity?.grossBps).toBeCloseTo((100.5 * rate - 100) * 100, 9);
    // Each leg in its own quote, as the exchange would show it.
    expect(opportunity?.legs[1]?.vwap).toBeCloseTo(100.5, 9);
  });

  it('finds nothing where the conversion takes the spread', () => {
    expect(acrossQuotes([0.994, 0.995]).events).toEqual([]);
    expect(acrossQuotes([0.998, 0.999]).refused()).toEqual({ below_threshold: 1 });
  });

  it('judges a route again when the book that converts moves', () => {
    const bench = acrossQuotes([1.0005, 1.0006]);
    bench.book('binance', [0.99, 1e6], [0.991, 1e6], 'USDC/USDT').wait(300);
    expect(bench.events.map(({ event }) => event)).toEqual(['opened', 'closed']);
    expect(bench.events[1]?.opportunity.closeReason).toBe('collapsed');
    bench.book('binance', [1.0005, 1e6], [1.0006, 1e6], 'USDC/USDT');
    bench.book('okx', [99.9, 50], [100, 50]).book('binance', [100.5, 40], [100.6, 40], 'BTC/USDC');
    expect(bench.events).toHaveLength(3);
  });

  it('refuses with `quote` when the converting book is lost, and never takes USDC for USDT', () => {
    const bench = acrossQuotes([1.0005, 1.0006]);
    const instrument = { exchange: 'binance', symbol: 'USDC/USDT' };
    bench.feed({ type: 'bookState', instrument, state: 'resyncing', reason: 'sequence_gap', atMs: bench.nowMs });
    expect(bench.refused()).toEqual({ quote: 1 });
    expect(bench.wait(300).events.at(-1)?.opportunity.closeReason).toBe('quote');
    const alone = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDC');
    alone.book('okx', [99.9, 50], [100, 50]).book('binance', [100.5, 40], [100.6, 40], 'BTC/USDC');
    expect(alone.refused()).toEqual({ quote: 1 });
    expect(alone.events).toEqual([]);
  });

  it('does not compare two quotes of one exchange', () => {
    const bench = new DetectorRig().exchange('okx').exchange('okx', 'BTC/USDC');
    bench.book('okx', [99, 50], [100, 50]).book('okx', [120, 50], [121, 50], 'BTC/USDC').wait(1_000);
    expect([bench.events, bench.refused(), bench.candles]).toEqual([[], {}, []]);
  });

  it('compares spot with a perpetual, and neither with a dated future', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binanceusdm', 'BTC/USDT:USDT');
    bench.exchange('bybit', 'BTC/USDT:USDT-261225').book('okx', [99.9, 50], [100, 50]);
    bench.book('bybit', [120, 50], [121, 50], 'BTC/USDT:USDT-261225');
    expect(bench.events).toEqual([]);
    bench.book('binanceusdm', [101, 50], [102, 50], 'BTC/USDT:USDT');
    expect(bench.events.map(({ opportunity }) => opportunity.routeId)).toEqual([
      'cross:okx:BTC/USDT>binanceusdm:BTC/USDT:USDT',
    ]);
    expect(bench.events[0]?.opportunity.afterTransfer).toBeNull();
  });
});

describe('Detector across multipliers', () => {
  const bench = (): DetectorRig =>
    new DetectorRig()
      .exchange('okx', 'PEPE/USDT')
      .exchange('binance', '1000PEPE/USDT')
      .exchange('hyperliquid', 'KPEPE/USDT:USDT');

  it('brings thousands and single units to one, each leg told in its own', () => {
    const made = bench();
    made
      .book('okx', [0.0099, 9e6], [0.01, 5e6], 'PEPE/USDT')
      .book('binance', [10.1, 4e3], [10.2, 4e3], '1000PEPE/USDT');
    const opportunity = made.events[0]?.opportunity;
    expect(opportunity).toMatchObject({ size: 4e6, notional: 4e4, symbol: 'PEPE/USDT' });
    expect(opportunity?.grossBps).toBeCloseTo(100, 6);
    expect(opportunity?.legs).toMatchObject([
      { exchange: 'okx', size: 4e6, vwap: 0.01 },
      { exchange: 'binance', size: 4e3 },
    ]);
    expect(opportunity?.legs[1]?.vwap).toBeCloseTo(10.1, 9);
  });

  it('knows the thousands of hyperliquid', () => {
    const made = bench();
    made
      .book('binance', [9.9, 4e3], [10, 4e3], '1000PEPE/USDT')
      .book('hyperliquid', [10.1, 4e3], [10.2, 4e3], 'KPEPE/USDT:USDT');
    expect(made.events[0]?.opportunity.routeId).toBe('cross:binance:1000PEPE/USDT>hyperliquid:KPEPE/USDT:USDT');
    expect(made.events[0]?.opportunity.grossBps).toBeCloseTo(100, 6);
  });

  it('is silent where a thousand costs a thousand times as much', () => {
    const made = bench();
    made.book('okx', [0.0099, 9e6], [0.01, 5e6], 'PEPE/USDT').book('binance', [9.9, 4e3], [10, 4e3], '1000PEPE/USDT');
    expect(made.wait(500).events).toEqual([]);
    expect(made.refused()).toEqual({});
  });
});

describe('Detector and identity', () => {
  const settings = { ...detectorSettings, identity: { ...detectorSettings.identity, allow: [] } };
  const crossed = (): DetectorRig => {
    const bench = new DetectorRig(settings).exchange('okx', 'NEIRO/USDT').exchange('gate', 'NEIRO/USDT');
    return bench.book('okx', [0.99, 5e4], [1, 5e4], 'NEIRO/USDT').book('gate', [1.01, 5e4], [1.015, 5e4], 'NEIRO/USDT');
  };

  it('refuses until the price ratio has held, then opens and says what proves it', () => {
    const bench = crossed();
    expect(bench.refused()).toEqual({ identity: 1 });
    for (let second = 0; second < 11; second++)
      bench
        .wait(1_000)
        .book('okx', [0.99, 5e4], [1, 5e4], 'NEIRO/USDT')
        .book('gate', [1.01, 5e4], [1.015, 5e4], 'NEIRO/USDT');
    expect(bench.events[0]?.opportunity).toMatchObject({ identity: 'price_ratio', symbol: 'NEIRO/USDT' });
    expect(bench.detector.identities()).toMatchObject([
      { asset: 'NEIRO', exchanges: ['gate', 'okx'], verdict: 'allow', source: 'learnt' },
    ]);
  });

  it('does what a person decides, at the next look', () => {
    const bench = crossed();
    const decision = {
      type: 'identity',
      asset: 'NEIRO',
      exchanges: null,
      evidence: 'seen',
      atMs: bench.nowMs,
    } as const;
    bench.feed({ ...decision, verdict: 'allow' });
    bench.wait(100);
    expect(bench.events[0]?.opportunity.identity).toBe('allowed');
    bench.feed({ ...decision, verdict: 'deny' });
    bench.wait(100).wait(300);
    expect(bench.events.at(-1)?.opportunity.closeReason).toBe('identity');
    bench.feed({ ...decision, verdict: 'clear' });
    expect(bench.detector.identities()).toEqual([]);
  });

  it('opens at once where both tell one contract, and not where they tell two', () => {
    for (const [contract, opened] of [
      ['0x1', 1],
      ['0x2', 0],
    ] as const) {
      const bench = new DetectorRig(settings).exchange('okx', 'NEIRO/USDT').exchange('gate', 'NEIRO/USDT');
      for (const [exchange, address] of [
        ['okx', '0x1'],
        ['gate', contract],
      ] as const) {
        const network = {
          network: 'ERC20',
          contract: address,
          deposit: true,
          withdraw: true,
          withdrawFee: 2,
          withdrawMin: 9,
        };
        bench.feed({ type: 'asset', exchange, asset: 'NEIRO', networks: [network], atMs: bench.nowMs });
      }
      bench.book('okx', [0.99, 5e4], [1, 5e4], 'NEIRO/USDT').book('gate', [1.01, 5e4], [1.015, 5e4], 'NEIRO/USDT');
      expect(bench.events).toHaveLength(opened);
      if (opened) {
        const lost = 2 * 1.01 * 0.999;
        const { netProfit, afterTransfer } = bench.events[0]?.opportunity ?? {};
        expect(afterTransfer).toMatchObject({ network: 'ERC20', feeAmount: 2, minAmount: 9, knownAtMs: bench.nowMs });
        expect(afterTransfer?.netProfit).toBeCloseTo((netProfit ?? NaN) - lost, 9);
      }
    }
  });
});
