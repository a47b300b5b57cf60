import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn, expectMonotone } from './candidate-rig.js';
import { belowThreshold } from './below-threshold.js';

const walk = { size: 10, notional: 1_000, netBps: 5 };

describe('belowThreshold', () => {
  it('refuses less than is asked, and accepts just that', () => {
    expect(belowThreshold.refuses(candidate({ walk }))).toBe(false);
    expect(belowThreshold.refuses(candidate({ walk: { ...walk, netBps: 4.999 } }))).toBe(true);
    expect(belowThreshold.refuses(candidate({ walk: { ...walk, netBps: 4.999 }, minNetBps: 4 }))).toBe(false);
  });

  it('refuses where nothing pays, whatever is asked', () => {
    expect(belowThreshold.refuses(candidate({ walk: { size: 0, notional: 0, netBps: NaN }, minNetBps: -100 }))).toBe(
      true,
    );
    expect(belowThreshold.refuses(candidate({ walk: { ...walk, size: 0 }, minNetBps: -100 }))).toBe(true);
    expect(belowThreshold.refuses(candidate({ walk: { ...walk, netBps: NaN } }))).toBe(true);
  });

  it('measures what it pays and what is asked, with both fees', () => {
    const asked = { minNetBps: 5, buyTakerFeeBps: 10, sellTakerFeeBps: 10 };
    expect(belowThreshold.measure(candidate({ walk }))).toEqual({ netBps: 5, ...asked });
    expect(belowThreshold.measure(candidate({ walk: { ...walk, size: 0 } }))).toEqual({ netBps: null, ...asked });
    const empty = { ...walk, size: 0, isCapped: true };
    expect(belowThreshold.measure(candidate({ walk: empty }))).toEqual({ netBps: null, ...asked, cappedSize: 0 });
    expect(belowThreshold.measure(candidate({ walk: { ...walk, isCapped: true } }))).toEqual({ netBps: 5, ...asked });
  });

  it('looks at nothing else, and accepts no less when less is asked or more is paid', () => {
    expectDependsOnlyOn(belowThreshold, [], ['walk', 'minNetBps']);
    expectMonotone(belowThreshold, (facts, by) => ({ ...facts, minNetBps: facts.minNetBps - by }));
    expectMonotone(belowThreshold, (facts, by) => ({
      ...facts,
      walk: { ...facts.walk, netBps: facts.walk.netBps + by },
    }));
  });
});
