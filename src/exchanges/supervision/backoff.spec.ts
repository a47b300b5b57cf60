import { describe, expect, it } from '@jest/globals';
import { Backoff } from './backoff.js';

const options = { baseMs: 100, capMs: 1_000, stableAfterMs: 5_000 };

describe('Backoff', () => {
  it('doubles to its cap', () => {
    const backoff = new Backoff(options, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.failed(0))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('waits between half and the whole of its bound', () => {
    expect(new Backoff(options, () => 0).failed(0)).toBe(50);
    expect(new Backoff(options, () => 0.5).failed(0)).toBe(75);
  });

  it('starts anew only after a success that lasted', () => {
    const backoff = new Backoff(options, () => 1);
    backoff.failed(0);
    backoff.succeeded(10);
    expect(backoff.failed(1_000)).toBe(200);
    backoff.succeeded(2_000);
    backoff.succeeded(6_000);
    expect(backoff.failed(7_000)).toBe(100);
  });

  it('stays at its cap after very many failures', () => {
    const backoff = new Backoff(options, () => 1);
    for (let i = 0; i < 5_000; i++) backoff.failed(0);
    expect(backoff.failed(0)).toBe(1_000);
  });
});
