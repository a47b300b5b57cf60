import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PriceRatio } from './price-ratio.js';

const rules = { ratioHoldMs: 10_000, ratioToleranceBps: 200 };

/** A ratio sampled each second from a time on, once for each value. */
function sampled(ratios: readonly number[], fromMs = 1_000_000): PriceRatio {
  const made = new PriceRatio(rules);
  for (const [index, ratio] of ratios.entries()) made.sample(ratio, fromMs + index * 1_000);
  return made;
}
const times = (count: number, ratio: number): number[] => new Array<number>(count).fill(ratio);

describe('PriceRatio', () => {
  it('proves nothing before the first sample, nor by it', () => {
    expect(new PriceRatio(rules)).toMatchObject({ ratio: NaN, verdict: 'unproven', heldMs: 0, verdictAtMs: 0 });
    expect(sampled([1])).toMatchObject({ ratio: 1, verdict: 'unproven', heldMs: 0 });
  });

  it('proves once it was near 1 for long enough, and says since when', () => {
    expect(sampled(times(10, 1.01))).toMatchObject({ verdict: 'unproven', heldMs: 9_000 });
    expect(sampled(times(11, 1.01))).toMatchObject({ verdict: 'proven', heldMs: 10_000, verdictAtMs: 1_010_000 });
    expect(sampled(times(20, 1.01))).toMatchObject({ verdict: 'proven', verdictAtMs: 1_010_000 });
  });

  it('takes just the tolerance for near, on both sides', () => {
    expect(sampled(times(11, 1.02 - 1e-9)).verdict).toBe('proven');
    expect(sampled(times(11, 0.98 + 1e-9)).verdict).toBe('proven');
    expect(sampled(times(11, 1.02 + 1e-9)).verdict).toBe('denied');
    expect(sampled(times(11, 0.98 - 1e-9)).verdict).toBe('denied');
    const exact = new PriceRatio({ ratioHoldMs: 1, ratioToleranceBps: 5_000 });
    for (const nowMs of [1_000, 1_001]) exact.sample(1.5, nowMs);
    expect(exact.verdict).toBe('proven');
  });

  it('begins again after every sample that is away', () => {
    expect(sampled([...times(10, 1), 2, ...times(9, 1)])).toMatchObject({ verdict: 'unproven', heldMs: 9_000 });
  });

  it('keeps its word until the other one is reached: a wide spread does not make two coins of one', () => {
    expect(sampled([...times(11, 1), ...times(9, 3)])).toMatchObject({ verdict: 'proven', heldMs: 0, ratio: 3 });
    expect(sampled([...times(11, 1), ...times(10, 3)])).toMatchObject({ verdict: 'denied', verdictAtMs: 1_020_000 });
    expect(sampled([...times(11, 3), ...times(10, 1)])).toMatchObject({ verdict: 'proven', verdictAtMs: 1_020_000 });
  });

  it('lets a sample speak for two seconds at most: what was not watched proves nothing', () => {
    const made = new PriceRatio(rules);
    made.sample(1, 0);
    made.sample(1, 3_600_000);
    expect(made.heldMs).toBe(2_000);
    for (let hour = 2; hour <= 5; hour++) made.sample(1, hour * 3_600_000);
    expect(made).toMatchObject({ verdict: 'proven', heldMs: 10_000 });
  });

  it('never proves more than was watched, whatever comes', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom(1, 1.01, 0.97, 4_000, 0.001));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const made = new PriceRatio(rules);
        let nowMs = 1_000;
        let nearMs = 0;
        steps.forEach(([passed, ratio], index) => {
          nowMs += passed;
          const before = made.verdict;
          made.sample(ratio, nowMs);
          const isNear = Math.abs(ratio - 1) <= 0.02;
          nearMs = isNear ? nearMs + (index === 0 ? 0 : Math.min(passed, 2_000)) : 0;
          expect(made.heldMs).toBe(nearMs);
          if (made.verdict !== before) {
            expect(made.verdict).toBe(isNear ? 'proven' : 'denied');
            expect(made.verdictAtMs).toBe(nowMs);
          }
          if (nearMs >= rules.ratioHoldMs) expect(made.verdict).toBe('proven');
        });
      }),
    );
  });
});
