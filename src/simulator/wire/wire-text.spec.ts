import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from './crc32.js';
import { fixedText, trimmedText } from './decimal-text.js';

describe('decimal text', () => {
  it('writes units with all their decimals', () => {
    expect([fixedText(5, 2), fixedText(123, 0), fixedText(84000_1, 1), fixedText(10, 8)]).toEqual([
      '0.05',
      '123',
      '84000.1',
      '0.00000010',
    ]);
  });

  it('trims trailing zeros and a bare point', () => {
    expect([trimmedText(1500, 2), trimmedText(1510, 2), trimmedText(100, 0), trimmedText(10, 8)]).toEqual([
      '15',
      '15.1',
      '100',
      '0.0000001',
    ]);
  });

  it('parses back to the nearest double of units / 10^decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.integer({ min: 0, max: 8 }), (units, decimals) => {
        expect(Number(fixedText(units, decimals))).toBe(units / 10 ** decimals);
        expect(Number(trimmedText(units, decimals))).toBe(units / 10 ** decimals);
      }),
    );
  });
});

describe('crc32', () => {
  it('gives the published check value', () => {
    expect(crc32('123456789').toString(16)).toBe('cbf43926');
    expect(crc32('')).toBe(0);
  });
});
