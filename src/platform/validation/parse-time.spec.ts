import { describe, expect, it } from '@jest/globals';
import { parseTime } from './parse-time.js';

describe('parseTime', () => {
  it('takes a time without zone for UTC, whatever the zone of the machine', () => {
    expect(parseTime('2026-11-22')).toBe(Date.UTC(2026, 10, 22));
    expect(parseTime('2026-11-22T10:30')).toBe(Date.UTC(2026, 10, 22, 10, 30));
    expect(parseTime('2026-11-22T10:30:00.5Z')).toBe(Date.UTC(2026, 10, 22, 10, 30, 0, 500));
    expect(parseTime('2026-11-22T10:30:00 01:00')).toBe(Date.UTC(2026, 10, 22, 9, 30));
  });

  it('refuses days and hours that do not exist', () => {
    for (const text of ['2025-02-29', '2026-13-01', '2026-11-22T25:00', '1969-12-31', '99999999999999999', '-1']) {
      expect(parseTime(text)).toBeUndefined();
    }
  });
});
