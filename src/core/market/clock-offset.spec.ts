import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ClockOffset } from './clock-offset.js';

describe('ClockOffset', () => {
  it('knows nothing before a timed frame', () => {
    expect(new ClockOffset().valueMs).toBeNull();
  });

  it('keeps the least difference, whatever came late', () => {
    const offset = new ClockOffset();
    offset.add(1_050, 1_000);
    offset.add(1_112, 1_100);
    offset.add(2_900, 1_200);
    expect(offset.valueMs).toBe(12);
  });

  it('forgets a minimum that is older than a minute', () => {
    const offset = new ClockOffset();
    offset.add(1_000, 1_000);
    for (let at = 2_000; at < 56_000; at += 1_000) offset.add(at, at - 40);
    expect(offset.valueMs).toBe(0);
    for (let at = 56_000; at <= 61_000; at += 1_000) offset.add(at, at - 40);
    expect(offset.valueMs).toBe(40);
  });

  it('forgets everything after a long silence', () => {
    const offset = new ClockOffset();
    offset.add(1_000, 2_272);
    expect(offset.valueMs).toBe(-1_272);
    offset.add(500_000, 500_010);
    expect(offset.valueMs).toBe(-10);
  });

  it('equals the least difference of a window between 55 and 60 seconds', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: -50, max: 500 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(samples, (steps) => {
        const offset = new ClockOffset();
        let nowMs = 1_000;
        const seen: [number, number][] = [];
        for (const [step, difference] of steps) {
          nowMs += step;
          seen.push([nowMs, difference]);
          offset.add(nowMs, nowMs - difference);
        }
        const least = (windowMs: number): number =>
          Math.min(...seen.filter(([at]) => nowMs - at <= windowMs).map(([, difference]) => difference));
        expect(offset.valueMs).toBeLessThanOrEqual(least(55_000));
        expect(offset.valueMs).toBeGreaterThanOrEqual(least(60_000));
      }),
    );
  });
});
