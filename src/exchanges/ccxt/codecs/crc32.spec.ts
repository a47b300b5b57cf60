import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { DigitCrc } from './crc32.js';

/** The checksum of one number with so many decimals. */
function checksum(value: number, decimals: number): number {
  const crc = new DigitCrc();
  crc.reset();
  crc.add(value, 10 ** decimals);
  return crc.value;
}

describe('checksum over digits', () => {
  it.each([
    ['0.00000010', 8],
    ['64000.1', 1],
    ['1.50000000', 8],
    ['12345678.12345678', 8],
    ['90071992.50000000', 8],
    ['95000000.12345000', 8],
    ['100000000.50000000', 8],
    ['150000000.12300000', 8],
    ['5000000000.00000000', 8],
    ['99999999999', 0],
  ])('takes %s with %i decimals digit by digit', (text, decimals) => {
    const digits = text.replace('.', '').replace(/^0+/, '');
    expect(checksum(Number(text), decimals)).toBe(crc32(digits));
  });
});
