import { describe, expect, it } from '@jest/globals';
import { ClockGap } from './clock-gap.js';

describe('ClockGap', () => {
  it('knows nothing before the first answer', () => {
    expect(new ClockGap().ms).toBeNull();
  });

  it('takes the middle between question and answer for the moment that was told', () => {
    const gap = new ClockGap();
    gap.take(1_000, 1_105, 1_010);
    expect(gap.ms).toBe(100);
  });

  it('believes the quickest of the newest eight answers', () => {
    const gap = new ClockGap();
    gap.take(0, 1, 2);
    expect(gap.ms).toBe(0);
    for (let at = 1; at <= 8; at++) gap.take(at * 100, at * 100 + 50 + at, at * 100 + 2 * at);
    // The first is forgotten by now; the quickest left waited 2 ms.
    expect(gap.ms).toBe(50);
  });
});
