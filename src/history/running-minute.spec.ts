import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refusalCount, refusalMinute } from '../../test/support/scripted-feed.js';
import { RunningMinute } from './running-minute.js';

const MINUTE_MS = 1_794_999_960_000;

describe('RunningMinute', () => {
  it('is all that was counted before a minute was over', () => {
    const running = new RunningMinute();
    const count = refusalCount({ entries: 3, durationMs: 40.5, lastAtMs: MINUTE_MS + 59_999.5 });
    expect(running.of([count], 'epoch1')).toEqual([
      refusalMinute({ entries: 3, durationMs: 40.5, minuteMs: MINUTE_MS }),
    ]);
  });

  it('is what came since the minutes that were told', () => {
    const running = new RunningMinute();
    running.take([refusalMinute({ entries: 2, durationMs: 100 })]);
    running.take([refusalMinute({ entries: 0, durationMs: 60_000, minuteMs: MINUTE_MS + 60_000 })]);
    const lastAtMs = MINUTE_MS + 125_000;
    const counts = [
      refusalCount({ entries: 7, durationMs: 60_150.25, lastAtMs }),
      refusalCount({ entries: 1, durationMs: 5, lastAtMs, reason: 'stale' }),
    ];
    expect(running.of(counts, 'epoch1')).toMatchObject([
      { reason: 'too_thin', minuteMs: MINUTE_MS + 120_000, entries: 5, durationMs: 50.25 },
      { reason: 'stale', minuteMs: MINUTE_MS + 120_000, entries: 1, durationMs: 5 },
    ]);
  });

  it('is nothing for what was told whole, nor for a minute that was told', () => {
    const running = new RunningMinute();
    running.take([refusalMinute({ entries: 2, durationMs: 0.1 + 0.2 })]);
    expect(running.of([refusalCount({ entries: 2, durationMs: 0.3, lastAtMs: MINUTE_MS + 70_000 })], 'e')).toEqual([]);
    expect(running.of([refusalCount({ entries: 3, durationMs: 9, lastAtMs: MINUTE_MS + 5 })], 'e')).toEqual([]);
  });

  it('takes a minute that is told again in place of what was told of it', () => {
    const running = new RunningMinute();
    running.take([refusalMinute({ entries: 2, durationMs: 10 })]);
    running.take([refusalMinute({ entries: 3, durationMs: 15 })]);
    const lastAtMs = MINUTE_MS + 61_000;
    expect(running.of([refusalCount({ entries: 4, durationMs: 16, lastAtMs })], 'e')).toMatchObject([
      { entries: 1, durationMs: 1 },
    ]);
  });

  it('leaves nothing out and counts nothing twice, however the minutes fall', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 9 }), (told, left) => {
        const running = new RunningMinute();
        told.forEach((entries, i) => {
          running.take([refusalMinute({ entries, durationMs: entries, minuteMs: MINUTE_MS + i * 60_000 })]);
        });
        const sum = told.reduce((a, b) => a + b, 0) + left;
        const lastAtMs = MINUTE_MS + told.length * 60_000 + 1;
        const rest = running.of([refusalCount({ entries: sum, durationMs: sum, lastAtMs })], 'e');
        expect(rest.reduce((total, { entries }) => total + entries, 0)).toBe(left);
      }),
    );
  });
});
