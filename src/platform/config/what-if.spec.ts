import { describe, expect, it } from '@jest/globals';
import type { SettingsError } from './load-settings.js';
import { settingsSchema } from './settings.schema.js';
import { whatIf } from './what-if.js';

const RECORDED = settingsSchema.parse({ detection: { minNetBps: 3, graceMs: 0 } }).detection;

function problemsOf(recorded: unknown, ...assignments: string[]): readonly string[] {
  try {
    whatIf(recorded, assignments);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

describe('whatIf', () => {
  it('changes what is assigned and keeps the rest, the last assignment winning', () => {
    const asked = whatIf(RECORDED, [
      'detection.minNetBps=8',
      'detection.minNetBps=-8.5',
      'detection.identity.allow=A, B',
    ]);
    expect(asked).toEqual({ ...RECORDED, minNetBps: -8.5, identity: { ...RECORDED.identity, allow: ['A', 'B'] } });
    expect(RECORDED.minNetBps).toBe(3);
  });

  it('takes the default of what a capture does not name', () => {
    expect(whatIf({ minNetBps: 3 }, [])).toMatchObject({ minNetBps: 3, graceMs: 300 });
  });

  it('names every problem with the setting and the remedy', () => {
    expect(
      problemsOf(RECORDED, 'detection.minNetBps=many', 'detection.tickMs=0', 'minNetBps=8', 'port=1', 'x'),
    ).toEqual([
      expect.stringContaining('minNetBps: no such setting; known are detection.minNetBps, detection.hysteresisBps'),
      expect.stringContaining('port: no such setting'),
      '--set x: must be NAME=VALUE, such as detection.minNetBps=8',
      'detection.minNetBps: must be a number; it was "many"',
      'detection.tickMs: must be at least 10; it was 0',
    ]);
  });

  it('refuses a setting that this version does not know, rather than replay without it', () => {
    expect(problemsOf({ ...RECORDED, oracle: true })).toEqual(['detection.oracle: no such setting in this version']);
  });
});
