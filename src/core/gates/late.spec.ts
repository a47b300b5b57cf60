import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { late } from './late.js';

describe('late', () => {
  it('refuses while we are further behind than the bound, and not at it', () => {
    expect(late.refuses(candidate({ lateMs: 250 }))).toBe(false);
    expect(late.refuses(candidate({ lateMs: 251 }))).toBe(true);
  });

  it('measures how far, with the bound', () => {
    expect(late.measure(candidate({ lateMs: 12 }))).toEqual({ lateMs: 12, maxLateMs: 250 });
  });

  it('looks at nothing else, and accepts no less with a longer bound', () => {
    expectDependsOnlyOn(late, [], ['lateMs', 'maxLateMs']);
    expectMonotone(late, (facts, by) => ({ ...facts, maxLateMs: facts.maxLateMs + by }));
  });
});
