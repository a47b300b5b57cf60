import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from './digest.js';
import { retryAfter } from './back-off.js';

const TERMS = { firstRetryMs: 1_000, maxRetryMs: 60_000 };

describe('retryAfter', () => {
  it('doubles up to its bound and takes up to a half off', () => {
    expect([1, 2, 3, 7, 50].map((attempt) => retryAfter(TERMS, attempt, 1))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ]);
    expect(retryAfter(TERMS, 3, 0)).toBe(2_000);
  });

  it('never comes before a target wants it, nor later than an hour for its sake', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })),
        (attempt, random, asked) => {
          const ms = retryAfter(TERMS, attempt, random, asked);
          expect(ms).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 3_600_000));
          expect(ms).toBeLessThanOrEqual(Math.max(60_000, Math.min(asked ?? 0, 3_600_000)));
        },
      ),
    );
  });
});

describe('digestOf', () => {
  it('names the worst first and counts the rest', () => {
    const alerts = Array.from({ length: 22 }, (_, at) => ({
      severity: at === 20 ? ('critical' as const) : ('info' as const),
      text: `alert ${at}\nmore of it`,
    }));
    const { text, severity, fields } = digestOf(alerts);
    expect(text.split('\n').slice(0, 3)).toEqual(['22 alerts at once', '- alert 20', '- alert 0']);
    expect(text.split('\n').at(-1)).toBe('and 12 more');
    expect([severity, fields['count']]).toEqual(['critical', '22']);
    expect(digestOf(alerts.slice(0, 2)).text).toBe('2 alerts at once\n- alert 0\n- alert 1');
  });
});
