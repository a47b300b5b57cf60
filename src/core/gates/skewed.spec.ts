import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { skewed } from './skewed.js';

describe('skewed', () => {
  it('refuses two legs further apart than the bound, whichever is ahead, and not at it', () => {
    expect(skewed.refuses(candidate({ buy: { asOfMs: 998_000 }, sell: { asOfMs: 1_000_000 } }))).toBe(false);
    expect(skewed.refuses(candidate({ buy: { asOfMs: 997_999 }, sell: { asOfMs: 1_000_000 } }))).toBe(true);
    expect(skewed.refuses(candidate({ buy: { asOfMs: 1_000_000 }, sell: { asOfMs: 997_999 } }))).toBe(true);
  });

  it('measures the distance and its bound', () => {
    expect(skewed.measure(candidate({ buy: { asOfMs: 999_000 }, sell: { asOfMs: 998_500 } }))).toEqual({
      ...{ skewMs: 500, maxSkewMs: 2_000 },
    });
  });

  it('looks at nothing else, and accepts no less with a longer bound', () => {
    expectDependsOnlyOn(skewed, ['asOfMs'], ['maxSkewMs']);
    expectMonotone(skewed, (facts, by) => ({ ...facts, maxSkewMs: facts.maxSkewMs + by }));
  });
});
