import { describe, expect, it } from '@jest/globals';
import { feeShareToBps } from './taker-fee.js';

describe('feeShareToBps', () => {
  it.each([
    [0.001, 10],
    [0.00075, 7.5],
    [0.0014, 14],
    [0.0008, 8],
    [-0.00005, -0.5],
    [0, 0],
  ])('writes %p as %p bps', (share, bps) => {
    expect(feeShareToBps(share)).toBe(bps);
  });
});
