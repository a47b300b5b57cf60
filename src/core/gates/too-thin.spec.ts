import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { tooThin } from './too-thin.js';

const walk = { size: 2, notional: 100, netBps: 50 };

describe('tooThin', () => {
  it('refuses a size worth less than the minimum in USD, and accepts just that', () => {
    expect(tooThin.refuses(candidate({ walk }))).toBe(false);
    expect(tooThin.refuses(candidate({ walk: { ...walk, notional: 99.99 } }))).toBe(true);
    expect(tooThin.refuses(candidate({ walk, usdPerQuote: 0.99 }))).toBe(true);
    expect(tooThin.refuses(candidate({ walk: { ...walk, notional: 50 }, usdPerQuote: 2 }))).toBe(false);
  });

  it('takes a dollar stablecoin without a rate for a dollar', () => {
    expect(tooThin.refuses(candidate({ walk, usdPerQuote: null }))).toBe(false);
    expect(tooThin.refuses(candidate({ walk: { ...walk, notional: 99 }, usdPerQuote: null }))).toBe(true);
  });

  it('measures what it is worth and its size', () => {
    expect(tooThin.measure(candidate({ walk, usdPerQuote: 0.5 }))).toEqual({
      ...{ notionalUsd: 50, minNotionalUsd: 100, size: 2 },
    });
  });

  it('looks at nothing else, and accepts no less with a lower minimum', () => {
    expectDependsOnlyOn(tooThin, [], ['walk', 'usdPerQuote', 'minNotionalUsd']);
    expectMonotone(tooThin, (facts, by) => ({ ...facts, minNotionalUsd: facts.minNotionalUsd - by }));
  });
});
