import { describe, expect, it } from '@jest/globals';
import { REFUSAL_REASONS } from '../gates/refusal-reason.js';
import type { AssetNetwork } from '../market/asset-network.js';
import type { Opportunity } from '../opportunity/opportunity.js';
import { DetectorRig, detectorSettings, paying } from './detector-rig.js';

const network = (part: Partial<AssetNetwork> = {}): AssetNetwork => ({
  ...{ network: 'ERC20', contract: null, deposit: true, withdraw: true, withdrawFee: 1, withdrawMin: 4, ...part },
});

/** Thousands of PEPE, bought on okx at 10 and sold on binance at 11, where both tell of networks. */
function moved(out: Partial<AssetNetwork>, symbols = ['1000PEPE/USDT', '1000PEPE/USDT']): Opportunity | undefined {
  const bench = new DetectorRig();
  const [buy = '', sell = ''] = symbols;
  bench.exchange('okx', buy, 0).exchange('binance', sell, 20);
  const asset = '1000PEPE';
  bench.feed({ type: 'asset', exchange: 'okx', asset, networks: [network(out)], atMs: bench.nowMs - 50 });
  bench.feed({ type: 'asset', exchange: 'binance', asset, networks: [network()], atMs: bench.nowMs });
  bench.book('okx', [9, 1], [10, 40], buy).book('binance', [11, 30], [12, 1], sell);
  return bench.events[0]?.opportunity;
}

describe('figures', () => {
  it('take what the network keeps at the selling price, in units of what is listed', () => {
    const opportunity = moved({});
    expect(opportunity).toMatchObject({ size: 30_000, legs: [{ size: 30, vwap: 10 }, { size: 30 }] });
    expect(opportunity?.afterTransfer).toMatchObject({
      network: 'ERC20',
      feeAmount: 1,
      minAmount: 4,
      knownAtMs: 999_950,
    });
    expect(opportunity?.afterTransfer?.netProfit).toBeCloseTo((opportunity?.netProfit ?? NaN) - 11 * 0.998, 9);
  });

  it.each<[string, Partial<AssetNetwork>, boolean]>([
    ['the least withdrawal is just what is bought', { withdrawMin: 30 }, true],
    ['the least withdrawal is more than is bought', { withdrawMin: 30.1 }, false],
    ['no least withdrawal is told', { withdrawMin: null }, true],
    ['the fee is not told', { withdrawFee: null }, false],
    ['the network is shut', { withdraw: false }, false],
  ])('tell of a transfer where %s: %p → %p', (_, out, isTold) => {
    expect((moved(out)?.afterTransfer ?? null) !== null).toBe(isTold);
  });

  it('tell of no transfer of a contract, nor between two listings with other multipliers', () => {
    expect(moved({}, ['1000PEPE/USDT:USDT', '1000PEPE/USDT'])?.afterTransfer).toBeNull();
    expect(moved({}, ['1000PEPE/USDT', '1000PEPE/USDT:USDT'])?.afterTransfer).toBeNull();
    const bench = new DetectorRig().exchange('okx', '1000PEPE/USDT', 0).exchange('binance', 'PEPE/USDT', 0);
    for (const exchange of ['okx', 'binance']) {
      for (const asset of ['1000PEPE', 'PEPE']) {
        bench.feed({ type: 'asset', exchange, asset, networks: [network()], atMs: bench.nowMs });
      }
    }
    bench.book('okx', [9, 1], [10, 40], '1000PEPE/USDT').book('binance', [0.011, 3e4], [0.012, 1], 'PEPE/USDT');
    expect(bench.events[0]?.opportunity).toMatchObject({
      size: 30_000,
      afterTransfer: null,
      legs: [{ size: 30 }, { size: 30_000 }],
    });
  });

  it('refuse a transfer that is asked for and cannot be made', () => {
    const limits = { ...detectorSettings.limits, requireTransfer: true };
    const bench = paying({ ...detectorSettings, limits });
    expect(bench.refused()).toEqual({ not_transferable: 1 });
    for (const exchange of ['okx', 'binance']) {
      bench.feed({ type: 'asset', exchange, asset: 'BTC', networks: [network()], atMs: bench.nowMs });
    }
    expect(bench.wait(100).events).toHaveLength(1);
  });

  it('show the times, numbers and levels of both books', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance');
    const side = (price: number, step: number, count: number): number[] =>
      Array.from({ length: count }, (_, rank) => [price + rank * step, 10]).flat();
    bench.book('okx', side(99, -1, 40), side(100, 0.01, 40), 'BTC/USDT', bench.nowMs - 7);
    bench.nowMs += 5;
    bench.book('binance', [101, 25], [102, 1]);
    const { legs, books, gates } = bench.events[0]?.opportunity ?? {};
    expect(legs).toMatchObject([
      { exchange: 'okx', exchangeTimeMs: 999_993, receivedAtMs: 1_000_000, sequence: 1 },
      { exchange: 'binance', exchangeTimeMs: 1_000_005, receivedAtMs: 1_000_005, sequence: 1 },
    ]);
    const [buy, sell] = books?.opening ?? [];
    // Three levels were walked, and ten more show what is around.
    expect([buy?.asks.length, buy?.bids.length, sell?.bids.length]).toEqual([13, 13, 1]);
    expect(Object.keys(gates ?? {})).toEqual([...REFUSAL_REASONS]);
    expect(gates?.stale).toMatchObject({ buyAgeMs: 12, sellAgeMs: 0 });
    expect(gates?.too_thin).toMatchObject({ size: 25 });
  });
});
