import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CcxtMarket } from '../instance/ccxt-instance.js';
import { baseLevels, sizeUnitOf } from './base-size.js';

const market = (rest: Partial<CcxtMarket>): CcxtMarket => ({ id: 'x', symbol: 'BTC/USDT:USDT', spot: false, ...rest });
const LINEAR = { swap: true, linear: true, inverse: false, contractSize: 0.01 };
const INVERSE = { swap: true, linear: false, inverse: true, contractSize: 100 };

describe('sizeUnitOf', () => {
  it.each([
    ['spot', { spot: true }, { factor: 1, isInverse: false }],
    ['a linear swap', LINEAR, { factor: 0.01, isInverse: false }],
    ['an inverse swap', INVERSE, { factor: 100, isInverse: true }],
    ['an inverse future', { ...INVERSE, swap: false, future: true }, { factor: 100, isInverse: true }],
  ])('knows the unit of %s', (_what, rest, unit) => {
    expect(sizeUnitOf(market(rest))).toEqual(unit);
  });

  it.each([
    ['a suspended pair', { spot: true, active: false }, 'not_trading'],
    ['an option', { ...LINEAR, swap: false }, 'not_tradable'],
    ['an index', { swap: false, future: false }, 'not_tradable'],
    ['a quanto contract', { ...LINEAR, linear: false }, 'not_tradable'],
    ['a contract that is called linear and inverse', { ...LINEAR, inverse: true }, 'not_tradable'],
    ['a contract of which neither is told', { swap: true, contractSize: 1 }, 'not_tradable'],
    ['a contract of size zero', { ...LINEAR, contractSize: 0 }, 'contract_size_unknown'],
    ['a contract of no known size', { swap: true, linear: true, inverse: false }, 'contract_size_unknown'],
  ])('refuses %s', (_what, rest, reason) => {
    expect(sizeUnitOf(market(rest))).toBe(reason);
  });
});

describe('baseLevels', () => {
  const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  const contracts = fc.double({ min: 1e-3, max: 1e7, noNaN: true });
  const rows = fc.array(fc.tuple(price, contracts), { maxLength: 30 });
  const factor = fc.double({ min: 1e-4, max: 1e4, noNaN: true });

  it('turns 250 contracts of 0.01 BTC into 2.5 BTC, and of 100 dollars at 50,000 into 0.5 BTC', () => {
    expect(baseLevels([[50_000, 250]], 10, { factor: 0.01, isInverse: false })).toEqual([50_000, 2.5]);
    expect(baseLevels([[50_000, 250]], 10, { factor: 100, isInverse: true })).toEqual([50_000, 0.5]);
  });

  it('keeps what every level is worth: base size × price is the notional of its contracts', () => {
    fc.assert(
      fc.property(rows, factor, fc.boolean(), (levels, size, isInverse) => {
        const flat = baseLevels(levels, 100, { factor: size, isInverse });
        levels.forEach(([at, count], rank) => {
          const notional = isInverse ? count * size : count * size * at;
          expect(flat[rank * 2]).toBe(at);
          expect((flat[rank * 2 + 1] ?? NaN) * at).toBeCloseTo(notional, -Math.log10(notional) + 9);
        });
      }),
    );
  });

  it('keeps the order, and no more levels than are wanted', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 40 }), (levels, depth) => {
        const flat = baseLevels(levels, depth, { factor: 1, isInverse: false });
        expect(flat).toEqual(levels.slice(0, depth).flat());
      }),
    );
  });
});
