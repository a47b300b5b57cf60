import { describe, expect, it } from '@jest/globals';
import { grossBps, netBps } from './top-spread.js';

describe('top spread', () => {
  it('is the bid over the ask, in bps of the ask', () => {
    expect(grossBps(100, 101)).toBeCloseTo(100, 9);
    expect(grossBps(200, 199)).toBeCloseTo(-50, 9);
  });

  it('is less both fees, the selling one of what it is sold for', () => {
    expect(netBps(100, 102, 10, 20)).toBeCloseTo(200 - 10 - 20 * 1.02, 9);
    expect(netBps(100, 100, -2, -3)).toBeCloseTo(5, 9);
    expect(netBps(50, 51, 0, 0)).toBe(grossBps(50, 51));
  });
});
