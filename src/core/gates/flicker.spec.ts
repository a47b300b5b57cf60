import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { flicker } from './flicker.js';

describe('flicker', () => {
  it('refuses before the least dwell, and not at it', () => {
    expect(flicker.refuses(candidate({ minDwellMs: 100, passedForMs: 99 }))).toBe(true);
    expect(flicker.refuses(candidate({ minDwellMs: 100, passedForMs: 100 }))).toBe(false);
    expect(flicker.refuses(candidate({ minDwellMs: 0, passedForMs: 0 }))).toBe(false);
  });

  it('measures for how long it has passed, with the bound', () => {
    expect(flicker.measure(candidate({ minDwellMs: 100, passedForMs: 30 }))).toEqual({
      passedForMs: 30,
      minDwellMs: 100,
    });
  });

  it('looks at nothing else, and accepts no less with a shorter dwell', () => {
    expectDependsOnlyOn(flicker, [], ['minDwellMs', 'passedForMs']);
    expectMonotone(flicker, (facts, by) => ({ ...facts, minDwellMs: facts.minDwellMs - by }));
  });
});
