import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../config/index.js';
import { shownSettings } from './shown-settings.js';

describe('shownSettings', () => {
  it('shows every setting but no secret', () => {
    const settings = loadSettings(
      {
        CROSSBOOK_MASTER_KEY: 'bWFzdGVya2V5',
        CROSSBOOK_DATABASE_URL: 'postgresql://me:hunter2@db.example:5433/crossbook?sslpassword=hunter3',
        CROSSBOOK_DETECTION_MIN_NET_BPS: '7',
      },
      '/nowhere',
    );
    const shown = shownSettings(settings);
    expect(shown).toMatchObject({
      masterKey: '[redacted]',
      databaseUrl: 'postgresql://db.example:5433/crossbook',
      detection: { minNetBps: 7 },
    });
    expect(JSON.stringify(shown)).not.toMatch(/bWFzdGVya2V5|hunter|me:/);
    expect(Object.keys(shown).sort()).toEqual(Object.keys(settings).sort());
  });

  it('hides an address that it cannot read', () => {
    const settings = { ...loadSettings({}, '/nowhere'), databaseUrl: 'postgresql://me:hunter2@[' };
    expect(shownSettings(settings).databaseUrl).toBe('[redacted]');
  });
});
