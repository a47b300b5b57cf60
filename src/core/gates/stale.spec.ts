import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { stale } from './stale.js';

describe('stale', () => {
  it.each(['buy', 'sell'] as const)('refuses a %s leg past its longest age, and not at it', (leg) => {
    expect(stale.refuses(candidate({ [leg]: { asOfMs: 997_000 } }))).toBe(false);
    expect(stale.refuses(candidate({ [leg]: { asOfMs: 996_999 } }))).toBe(true);
  });

  it.each(['buy', 'sell'] as const)('refuses a %s leg that has not changed for too long', (leg) => {
    expect(stale.refuses(candidate({ [leg]: { changedAtMs: 940_000 } }))).toBe(false);
    expect(stale.refuses(candidate({ [leg]: { changedAtMs: 939_999 } }))).toBe(true);
  });

  it('measures ages and quiet times of both legs, with their bounds', () => {
    expect(stale.measure(candidate({ buy: { asOfMs: 999_000, changedAtMs: 980_000 } }))).toEqual({
      ...{ buyAgeMs: 1_000, sellAgeMs: 100, maxAgeMs: 3_000 },
      ...{ buyQuietMs: 20_000, sellQuietMs: 200, maxQuietMs: 60_000 },
    });
  });

  it('looks at nothing else, and accepts no less with longer bounds or later', () => {
    expectDependsOnlyOn(stale, ['asOfMs', 'changedAtMs'], ['nowMs', 'maxAgeMs', 'maxQuietMs']);
    expectMonotone(stale, (facts, by) => ({ ...facts, maxAgeMs: facts.maxAgeMs + by }));
    expectMonotone(stale, (facts, by) => ({ ...facts, maxQuietMs: facts.maxQuietMs + by }));
    expectMonotone(stale, (facts, by) => ({ ...facts, nowMs: facts.nowMs - by }));
  });
});
