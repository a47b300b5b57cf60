import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tradedUnit } from './traded-unit.js';

describe('tradedUnit', () => {
  it.each([
    ['binance', '1000SHIB', 'SHIB', 1_000],
    ['bybit', '10000LADYS', 'LADYS', 10_000],
    ['bybit', '1000000MOG', 'MOG', 1_000_000],
    ['binance', '1MBABYDOGE', 'BABYDOGE', 1_000_000],
    ['hyperliquid', 'KPEPE', 'PEPE', 1_000],
    ['hyperliquid', 'kBONK', 'BONK', 1_000],
    ['okx', 'SHIB', 'SHIB', 1],
    ['okx', '1INCH', '1INCH', 1],
    ['okx', '100X', '100X', 1],
    ['okx', '1000', '1000', 1],
    ['okx', '1000X', '1000X', 1],
    ['okx', '10000000AB', '10000000AB', 1],
    ['okx', 'A1000SHIB', 'A1000SHIB', 1],
    ['okx', '1M', '1M', 1],
    ['okx', 'A1MXYZ', 'A1MXYZ', 1],
    ['okx', '1000AB-C', '1000AB-C', 1],
    ['okx', '1MAB-C', '1MAB-C', 1],
    ['hyperliquid', 'KAS', 'KAS', 1],
    ['hyperliquid', 'XKPEPE', 'XKPEPE', 1],
    ['hyperliquid', 'KPEPE2', 'KPEPE2', 1],
    ['binance', 'KPEPE', 'KPEPE', 1],
  ])('on %s takes %s for %s by %p', (exchange, base, asset, unit) => {
    expect(tradedUnit(exchange, base)).toEqual({ asset, unit });
  });

  it('never takes a multiplier twice', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2,6}$/), fc.constantFrom('', '1000', '10000', '1M'), (name, prefix) => {
        const { asset, unit } = tradedUnit('okx', `${prefix}${name}`);
        expect(tradedUnit('okx', asset)).toEqual({ asset, unit: 1 });
        expect(unit).toBe({ '': 1, '1000': 1_000, '10000': 10_000, '1M': 1_000_000 }[prefix]);
      }),
    );
  });
});
