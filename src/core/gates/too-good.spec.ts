import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { tooGood } from './too-good.js';

const paying = (netBps: number): Parameters<typeof candidate>[0] => ({ walk: { size: 1, notional: 100, netBps } });

describe('tooGood', () => {
  it('refuses beyond the ceiling, and not at it', () => {
    expect(tooGood.refuses(candidate(paying(1_000)))).toBe(false);
    expect(tooGood.refuses(candidate(paying(1_000.1)))).toBe(true);
  });

  it('measures what it pays, with the ceiling', () => {
    expect(tooGood.measure(candidate(paying(7)))).toEqual({ netBps: 7, maxNetBps: 1_000 });
  });

  it('looks at nothing else, and accepts no less below a higher ceiling', () => {
    expectDependsOnlyOn(tooGood, [], ['walk', 'maxNetBps']);
    expectMonotone(tooGood, (facts, by) => ({ ...facts, maxNetBps: facts.maxNetBps + by }));
  });
});
