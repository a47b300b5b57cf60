import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QuietTime } from './quiet-hours.js';

const night = new QuietTime({ from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' });
const until = (quiet: QuietTime, now: string): string | null => {
  const end = quiet.until(Date.parse(now));
  return end === null ? null : new Date(end).toISOString().replace(':00.000Z', 'Z');
};

describe('QuietTime', () => {
  it.each([
    ['before it begins', '2026-01-10T20:59Z', null],
    ['as it begins', '2026-01-10T21:00Z', '2026-01-11T06:00Z'],
    ['after midnight', '2026-01-11T05:59Z', '2026-01-11T06:00Z'],
    ['as it ends', '2026-01-11T06:00Z', null],
    ['in the night that is an hour shorter', '2026-03-28T22:00Z', '2026-03-29T05:00Z'],
    ['in the night that is an hour longer', '2026-10-24T21:00Z', '2026-10-25T06:00Z'],
  ])('knows the end %s', (_, now, end) => {
    expect(until(night, now)).toBe(end);
  });

  it('ends with the change where the clock jumps over its end', () => {
    const quiet = new QuietTime({ from: '22:00', to: '02:30', timeZone: 'Europe/Berlin' });
    expect(until(quiet, '2026-03-28T23:00Z')).toBe('2026-03-29T01:00Z');
  });

  it('is over a second time where the clock shows its end twice', () => {
    const quiet = new QuietTime({ from: '22:00', to: '02:30', timeZone: 'Europe/Berlin' });
    expect(until(quiet, '2026-10-24T22:00Z')).toBe('2026-10-25T00:30Z');
    expect(until(quiet, '2026-10-25T00:45Z')).toBeNull();
    expect(until(quiet, '2026-10-25T01:00Z')).toBe('2026-10-25T01:30Z');
  });

  it('may be within one day', () => {
    const noon = new QuietTime({ from: '12:00', to: '13:30', timeZone: 'Asia/Kolkata' });
    expect(until(noon, '2026-06-01T06:29Z')).toBeNull();
    expect(until(noon, '2026-06-01T06:30Z')).toBe('2026-06-01T08:00Z');
  });

  it('agrees with looking at the clock minute by minute, everywhere and on the days when it changes', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC');
    // Berlin, New York and Lord Howe change on these days of 2026.
    const day = fc.constantFrom('2026-03-28', '2026-10-24', '2026-03-07', '2026-10-31', '2026-04-04', '2026-10-03');
    fc.assert(
      fc.property(time, time, zone, day, fc.integer({ min: 0, max: 2_880 }), (from, to, timeZone, date, minutes) => {
        fc.pre(from !== to);
        const quiet = new QuietTime({ from, to, timeZone });
        const nowMs = Date.parse(`${date}T00:00Z`) + minutes * 60_000 + 1_234;
        const wall = new Intl.DateTimeFormat('en-GB', {
          timeZone,
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        });
        const isQuiet = (ms: number): boolean => {
          const at = wall.format(ms);
          return from < to ? at >= from && at < to : at >= from || at < to;
        };
        let expected: number | null = null;
        if (isQuiet(nowMs)) {
          expected = Math.floor(nowMs / 60_000) * 60_000;
          while (isQuiet(expected)) expected += 60_000;
        }
        expect(quiet.until(nowMs)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
