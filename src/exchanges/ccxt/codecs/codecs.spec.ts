import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from '../../../platform/config/index.js';
import { keepAliveMs, silentAfterMs } from '../../supervision/silence.js';
import { createInstance } from '../instance/create-instance.js';
import { CODECS } from './codecs.js';

describe('createInstance', () => {
  it.each(Object.keys(CODECS))('pings a socket of %s several times before its silence is judged', (exchange) => {
    for (const maxAgeMs of [100, 3_000, 600_000]) {
      const instance = createInstance({ exchange, gateway: undefined, keepAliveMs: keepAliveMs(maxAgeMs) });
      const client = instance.client('wss://localhost/ws') as unknown as {
        keepAlive: number;
        maxPingPongMisses: number;
      };
      expect(client.keepAlive).toBe(keepAliveMs(maxAgeMs));
      expect(silentAfterMs(maxAgeMs)).toBeLessThanOrEqual(20_000);
      expect(client.keepAlive * 3).toBeLessThanOrEqual(silentAfterMs(maxAgeMs));
    }
  });
});

describe('the setting integrity', () => {
  it('names the exchanges whose frames are numbered, and no other', () => {
    const named = Object.keys(settingsSchema.parse({}).integrity);
    const numbered = Object.keys(CODECS).filter((id) => CODECS[id]?.isNumbered !== false);
    expect(named).toEqual(numbered.sort());
  });
});
