import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DetectorRig, detectorSettings } from './detector-rig.js';
import type { DetectorSettings } from './detector-settings.js';
import type { Opportunity } from '../opportunity/opportunity.js';

interface Free {
  readonly quote?: number;
  readonly base?: number;
}

/** What opens when 40 could be bought at 100 and sold at 101, under caps. */
function openedWith(
  settings: Partial<DetectorSettings>,
  { quote, base }: Free = {},
  usdt = 1,
): Opportunity | undefined {
  const bench = new DetectorRig({ ...detectorSettings, ...settings });
  bench.exchange('kraken', 'USDT/USD', 0).book('kraken', [usdt, 9], [usdt, 9], 'USDT/USD');
  const atMs = bench.nowMs;
  bench.feed({ type: 'balance', exchange: 'okx', asset: 'USDT', free: quote ?? null, atMs });
  bench.feed({ type: 'balance', exchange: 'binance', asset: 'BTC', free: base ?? null, atMs });
  bench.exchange('okx').exchange('binance').book('okx', [99.9, 50], [100, 50]).book('binance', [101, 40], [101.1, 40]);
  return bench.events[0]?.opportunity;
}

describe('RouteCase', () => {
  it('takes all that pays where nothing caps it', () => {
    expect(openedWith({})).toMatchObject({ size: 40, cappedBy: null, conversion: null });
    expect(openedWith({ capByBalance: true })).toMatchObject({ size: 40, cappedBy: null });
    expect(openedWith({}, { quote: 100, base: 1 })).toMatchObject({ size: 40, cappedBy: null });
  });

  it('takes no more notional than asked, in USD through live books', () => {
    expect(openedWith({ maxNotionalUsd: 1_000 })).toMatchObject({ size: 10, notional: 1_000, cappedBy: 'maxNotional' });
    expect(openedWith({ maxNotionalUsd: 1_000 }, {}, 0.5)).toMatchObject({
      size: 20,
      notional: 2_000,
      notionalUsd: 1_000,
    });
    expect(openedWith({ maxNotionalUsd: 5_000 })).toMatchObject({ size: 40, cappedBy: null });
  });

  it('takes no more than the quote on the buying exchange pays for, its fee included', () => {
    const opportunity = openedWith({ capByBalance: true }, { quote: 1_001 });
    expect(opportunity?.cappedBy).toBe('buyBalance');
    expect(opportunity?.notional).toBeCloseTo(1_000, 9);
  });

  it('takes no more than the base that lies on the selling exchange', () => {
    expect(openedWith({ capByBalance: true }, { base: 3 })).toMatchObject({ size: 3, cappedBy: 'sellBalance' });
    expect(openedWith({ capByBalance: true }, { base: 0 })).toBeUndefined();
  });

  it('tells which of several caps it was', () => {
    const capped = (maxNotionalUsd: number, quote: number, base: number): string | null | undefined =>
      openedWith({ capByBalance: true, maxNotionalUsd }, { quote, base })?.cappedBy;
    expect(capped(500, 2_000, 30)).toBe('maxNotional');
    expect(capped(3_000, 2_000, 30)).toBe('buyBalance');
    expect(capped(3_000, 2_500, 20)).toBe('sellBalance');
    expect(capped(9_000, 9_000, 90)).toBeNull();
  });

  it('sells no more than there is even where the notional would only just allow it', () => {
    // 9.95 at 101 are worth more than 1,000, and 1,000 buy 10 at 100.
    expect(openedWith({ capByBalance: true, maxNotionalUsd: 1_000 }, { base: 9.95 })).toMatchObject({
      ...{ size: 9.95, cappedBy: 'sellBalance' },
    });
  });

  it('never goes beyond any cap', () => {
    const part = fc.double({ min: 1, max: 60, noNaN: true });
    fc.assert(
      fc.property(part, part, part, (notional, quote, base) => {
        const caps = { maxNotionalUsd: notional * 100, capByBalance: true };
        const opportunity = openedWith(caps, { quote: quote * 100, base });
        if (!opportunity) return;
        expect(opportunity.size).toBeLessThanOrEqual(base * (1 + 1e-12));
        expect(opportunity.notional).toBeLessThanOrEqual(notional * 100 * (1 + 1e-12));
        expect(opportunity.notional * 1.001).toBeLessThanOrEqual(quote * 100 * (1 + 1e-12));
        expect(opportunity.size).toBeCloseTo(Math.min(40, notional, quote / 1.001, base), 9);
        expect(opportunity.cappedBy === null).toBe(opportunity.size === 40);
      }),
    );
  });

  it('counts a balance in what the exchange lists', () => {
    const bench = new DetectorRig({ ...detectorSettings, capByBalance: true });
    bench.exchange('okx', 'PEPE/USDT').exchange('binance', '1000PEPE/USDT');
    bench.feed({ type: 'balance', exchange: 'binance', asset: '1000PEPE', free: 20, atMs: bench.nowMs });
    bench.book('okx', [9, 1e6], [10, 1e6], 'PEPE/USDT').book('binance', [11_000, 90], [12_000, 1], '1000PEPE/USDT');
    expect(bench.events[0]?.opportunity).toMatchObject({ size: 20_000, cappedBy: 'sellBalance' });
  });

  it('caps spot legs alone: what lies in a spot account is no margin of a contract', () => {
    const opened = (buySymbol: string, sellSymbol: string): Opportunity | undefined => {
      const bench = new DetectorRig({ ...detectorSettings, capByBalance: true });
      bench.exchange('okx', buySymbol).exchange('binance', sellSymbol);
      for (const exchange of ['okx', 'binance']) {
        for (const asset of ['BTC', 'USDT']) {
          bench.feed({ type: 'balance', exchange, asset, free: asset === 'BTC' ? 3 : 500, atMs: bench.nowMs });
        }
      }
      bench.book('okx', [99.9, 50], [100, 50], buySymbol).book('binance', [101, 40], [101.1, 40], sellSymbol);
      return bench.events[0]?.opportunity;
    };
    expect(opened('BTC/USDT', 'BTC/USDT')).toMatchObject({ size: 3, cappedBy: 'sellBalance' });
    expect(opened('BTC/USDT:USDT', 'BTC/USDT')).toMatchObject({ size: 3, cappedBy: 'sellBalance' });
    expect(opened('BTC/USDT', 'BTC/USDT:USDT')).toMatchObject({ cappedBy: 'buyBalance' });
    expect(opened('BTC/USDT:USDT', 'BTC/USDT:USDT')).toMatchObject({ size: 40, cappedBy: null });
  });

  it('forgets a balance that is not known any more', () => {
    const bench = new DetectorRig({ ...detectorSettings, capByBalance: true }).exchange('okx').exchange('binance');
    const balance = { type: 'balance', exchange: 'binance', asset: 'BTC', atMs: bench.nowMs } as const;
    bench.feed({ ...balance, free: 2 });
    bench.book('okx', [99.9, 50], [100, 50]).book('binance', [101, 40], [101.1, 40]);
    expect(bench.events[0]?.opportunity.size).toBe(2);
    bench.feed({ ...balance, free: null });
    bench.wait(100);
    expect(bench.events[1]?.opportunity).toMatchObject({ size: 40, cappedBy: null, peakSize: 40 });
  });
});
