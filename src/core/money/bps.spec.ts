import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costAfterFee, proceedsAfterFee, toBps } from './bps.js';

describe('bps', () => {
  it('are ten thousand in one', () => {
    expect(toBps(1, 4)).toBe(2_500);
    expect(toBps(-3, 3)).toBe(-10_000);
    expect(toBps(0, 0)).toBeNaN();
  });

  it('of a fee are paid on top by who buys, and taken off for who sells', () => {
    expect(costAfterFee(200, 50)).toBeCloseTo(201, 9);
    expect(proceedsAfterFee(200, 50)).toBeCloseTo(199, 9);
    expect(costAfterFee(200, -50)).toBeCloseTo(199, 9);
    expect(proceedsAfterFee(200, -50)).toBeCloseTo(201, 9);
  });

  it('of a higher fee never cost less, nor leave more', () => {
    const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const fee = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(price, fee, fc.double({ min: 0, max: 100, noNaN: true }), (at, bps, more) => {
        expect(costAfterFee(at, bps + more)).toBeGreaterThanOrEqual(costAfterFee(at, bps));
        expect(proceedsAfterFee(at, bps + more)).toBeLessThanOrEqual(proceedsAfterFee(at, bps));
        expect(toBps(costAfterFee(at, bps) - at, at)).toBeCloseTo(bps, 6);
        expect(toBps(at - proceedsAfterFee(at, bps), at)).toBeCloseTo(bps, 6);
      }),
    );
  });
});
