import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainDecimal } from './decimal-text.js';

describe('plainDecimal', () => {
  it.each([
    ['0.41820000', '0.4182'],
    ['12540.22000000', '12540.22'],
    ['0.00000000', '0'],
    ['-0.0', '0'],
    ['-0.50', '-0.5'],
    ['+007', '7'],
    ['12.', '12'],
    ['1e-8', '0.00000001'],
    ['1.5E-3', '0.0015'],
    ['12.5e1', '125'],
    ['1.25e21', '1250000000000000000000'],
    ['100', '100'],
    ['0.1234567890123456789', '0.1234567890123456789'],
  ])('writes %s as %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each(['', 'NaN', 'Infinity', '1,5', '.5', '0x10', '1e', ' 1', 'undefined', '1e9999'])('refuses %p', (text) => {
    expect(plainDecimal(text)).toBeNull();
  });

  it('keeps the value of every double, without exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const plain = plainDecimal(String(value)) ?? '';
        expect(plain).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(Number(plain)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
