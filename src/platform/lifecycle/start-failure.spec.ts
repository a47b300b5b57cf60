import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { SettingsError, StartupError } from '../config/index.js';
import { assertPortFree } from './assert-port-free.js';
import { explainStartFailure } from './start-failure.js';

describe('explainStartFailure', () => {
  it('lists every invalid setting', () => {
    expect(explainStartFailure(new SettingsError(['port: no', 'host: no']), null)).toEqual([
      'crossbook cannot start: 2 settings are invalid',
      '  port: no',
      '  host: no',
    ]);
  });

  it('tells a foreseen reason without a stack, and an unforeseen one with it', () => {
    expect(explainStartFailure(new StartupError('dataDir: full'), null)).toEqual([
      'crossbook cannot start: dataDir: full',
    ]);
    expect(explainStartFailure(new TypeError('x is not a function'), null)[0]).toContain('start-failure.spec');
  });

  it('names a taken port and the remedy, from the real error', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const fault: unknown = await assertPortFree(port, '127.0.0.1').catch((error: unknown) => error);
    await new Promise((resolve) => server.close(resolve));
    expect(explainStartFailure(fault, { host: '127.0.0.1', port })).toEqual([
      `crossbook cannot start: 127.0.0.1:${port} is taken by another program; stop it, or set port (CROSSBOOK_PORT)`,
    ]);
    await expect(assertPortFree(port, '127.0.0.1')).resolves.toBeUndefined();
  });
});
