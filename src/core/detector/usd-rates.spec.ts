import { beforeEach, describe, expect, it } from '@jest/globals';
import { BoardRig } from './market-board-rig.js';
import { UsdRates } from './usd-rates.js';

let rig: BoardRig;
let rates: UsdRates;
const rate = (asset: string): number | null => rates.rate(asset, rig.nowMs);

beforeEach(() => {
  rig = new BoardRig();
  rates = new UsdRates(rig.board, 3_000);
});

describe('UsdRates', () => {
  it('knows the dollar, and nothing else without books', () => {
    expect(rate('USD')).toBe(1);
    expect(rate('USDT')).toBeNull();
    expect(rate('KRW')).toBeNull();
  });

  it('takes the middle of the best bid and ask of all books, either way round', () => {
    rig.list('kraken', 'USDT/USD', 0.99, 1.01).list('coinbase', 'USDT/USD', 0.98, 0.999);
    expect(rate('USDT')).toBeCloseTo(0.9945, 12);
    rig.list('kraken', 'USD/KRW', 1_249, 1_251);
    expect(rate('KRW')).toBeCloseTo(1 / 1_250, 12);
  });

  it('goes through one stablecoin, and no further', () => {
    rig.list('upbit', 'USDT/KRW', 1_399, 1_401);
    expect(rate('KRW')).toBeNull();
    rig.list('kraken', 'USDT/USD', 0.8, 0.8);
    expect(rate('KRW')).toBeCloseTo(0.8 / 1_400, 12);
    rig.list('kraken', 'USDC/USD', 0.5, 0.5).list('okx', 'EUR/USDC', 1.2, 1.2);
    expect(rate('EUR')).toBeCloseTo(0.6, 12);
    rig.list('okx', 'XYZ/EUR', 2, 2);
    expect(rate('XYZ')).toBeNull();
  });

  it('takes no part of books that are old, crossed or one-sided', () => {
    rig.list('kraken', 'USDT/USD', 1.01, 0.99).list('okx', 'USDT/USD', null, 1).list('gate', 'USDC/USD', 1, 1);
    rig.nowMs += 3_001;
    expect(rate('USDT')).toBeNull();
    expect(rate('USDC')).toBeNull();
  });

  it('keeps a rate for a second, and for a minute where its books are gone', () => {
    rig.list('kraken', 'USDT/USD', 1, 1);
    expect(rate('USDT')).toBe(1);
    rig.nowMs += 999;
    rig.list('kraken', 'USDT/USD', 2, 2);
    expect(rate('USDT')).toBe(1);
    rig.nowMs += 1;
    expect(rate('USDT')).toBe(2);
    rig.nowMs += 59_999;
    expect(rate('USDT')).toBe(2);
    rig.nowMs += 1;
    expect(rate('USDT')).toBeNull();
  });
});
