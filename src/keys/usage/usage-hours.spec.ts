import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HourCount } from './signed-calls.repository.js';
import { baselineOf, HOUR_MS, usageHours } from './usage-hours.js';

const NOW = 1_795_000_000_000 - (1_795_000_000_000 % HOUR_MS) + 60_000;
const START = NOW - 60_000;
/** Counts of the hours before now, the newest first. */
const before = (...calls: number[]): HourCount[] =>
  calls.map((n, i) => ({ hourMs: START - (i + 1) * HOUR_MS, outcome: 'ok', calls: n }));

describe('the baseline of a key', () => {
  it('is the median of its whole hours, the running one left out', () => {
    const running: HourCount = { hourMs: START, outcome: 'ok', calls: 9_999 };
    expect(baselineOf([...before(10, 30, 20, 500, 10, 20, 20), running], NOW)).toEqual({ callsPerHour: 20, hours: 7 });
  });

  it('counts hours without a call from the first call on', () => {
    const [oldest] = before(0, 0, 0, 0, 0, 0, 0, 12).slice(-1);
    expect(baselineOf([oldest!], NOW)).toEqual({ callsPerHour: 0, hours: 8 });
  });

  it('is not known before six hours', () => {
    expect(baselineOf([], NOW)).toBeNull();
    expect(baselineOf(before(1, 1, 1, 1, 1), NOW)).toBeNull();
  });

  it('lies between the least and the most of its hours', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 6, maxLength: 168 }), (calls) => {
        const { callsPerHour, hours } = baselineOf(before(...calls), NOW)!;
        expect(hours).toBe(calls.length);
        expect(callsPerHour).toBeGreaterThanOrEqual(Math.min(...calls));
        expect(callsPerHour).toBeLessThanOrEqual(Math.max(...calls));
      }),
    );
  });
});

describe('the hours of a key', () => {
  it('are all there, with calls by outcome, and marked when far above the baseline', () => {
    const counts: HourCount[] = [...before(10, 131), { hourMs: START - HOUR_MS, outcome: 'revoked', calls: 2 }];
    const baseline = { callsPerHour: 40, hours: 168 };
    expect(usageHours(counts, START - 3 * HOUR_MS, NOW, baseline)).toEqual([
      { hourMs: START - 3 * HOUR_MS, calls: 0, outcomes: {}, isFarAbove: false },
      { hourMs: START - 2 * HOUR_MS, calls: 131, outcomes: { ok: 131 }, isFarAbove: true },
      { hourMs: START - HOUR_MS, calls: 12, outcomes: { ok: 10, revoked: 2 }, isFarAbove: false },
      { hourMs: START, calls: 0, outcomes: {}, isFarAbove: false },
    ]);
  });

  it('suspects nothing without a baseline, and no handful of calls with a low one', () => {
    const counts = before(30);
    expect(usageHours(counts, START - HOUR_MS, START, null)).toMatchObject([{ isFarAbove: false }]);
    expect(usageHours(counts, START - HOUR_MS, START, { callsPerHour: 0, hours: 9 })[0]?.isFarAbove).toBe(false);
    expect(usageHours(before(31), START - HOUR_MS, START, { callsPerHour: 0, hours: 9 })[0]?.isFarAbove).toBe(true);
  });
});
