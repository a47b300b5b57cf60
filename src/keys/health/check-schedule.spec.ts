import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextCheckInMs } from './check-schedule.js';

describe('nextCheckInMs', () => {
  it('spreads checks by a tenth of the interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 86_400_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ms, random) => {
          const next = nextCheckInMs('ok', 0, ms, random);
          expect(next).toBeGreaterThanOrEqual(ms * 0.9 - 1e-6);
          expect(next).toBeLessThanOrEqual(ms * 1.1 + 1e-6);
        },
      ),
    );
  });

  it('asks an unreachable exchange again sooner, then ever later up to the interval', () => {
    const waits = [1, 2, 3, 4, 50, 5_000].map((failures) => nextCheckInMs('exchange_down', failures, 30_000, 0.5));
    expect(waits).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 30_000]);
  });

  it('leaves an exchange alone for longer each time that it asks for silence, at most for an hour', () => {
    const waits = [1, 2, 3, 9].map((failures) => nextCheckInMs('rate_limited', failures, 900_000, 0.5));
    expect(waits).toEqual([900_000, 1_800_000, 3_600_000, 3_600_000]);
    expect(nextCheckInMs('rate_limited', 9, 86_400_000, 0.5)).toBe(86_400_000);
  });

  it.each(['revoked', 'rate_limited', 'unknown'] as const)('waits a whole interval after %s', (outcome) => {
    expect(nextCheckInMs(outcome, 0, 30_000, 0.5)).toBe(30_000);
  });
});
