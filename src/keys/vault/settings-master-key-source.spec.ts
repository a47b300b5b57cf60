import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLog } from '../../platform/logging/index.js';
import { MasterKey } from './master-key.js';
import { SettingsMasterKeySource } from './settings-master-key-source.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'crossbook-master-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const source = (settings: { masterKey?: string; masterKeyFile?: string } = {}): SettingsMasterKeySource =>
  new SettingsMasterKeySource({ dataDir, ...settings }, openLog('silent'));

describe('SettingsMasterKeySource', () => {
  it('takes the key from the setting', async () => {
    const bytes = randomBytes(32);
    const key = await source({ masterKey: bytes.toString('base64') }).load();
    expect(key?.kid).toBe(new MasterKey(bytes).kid);
  });

  it('has none until it makes one, which only the owner can read', async () => {
    expect(await source().load()).toBeNull();
    const made = await source().create();
    const file = path.join(dataDir, 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await source().load())?.kid).toBe(made.kid);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('makes one key when two processes make it at once', async () => {
    const kids = await Promise.all(Array.from({ length: 8 }, async () => (await source().create()).kid));
    expect(new Set(kids).size).toBe(1);
    expect(readFileSync(path.join(dataDir, 'master.key'), 'utf8').trim()).toHaveLength(44);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it.each([0o644, 0o640, 0o604])('refuses a file of mode %o and says how to close it', async (mode) => {
    const masterKeyFile = path.join(dataDir, 'own.key');
    writeFileSync(masterKeyFile, randomBytes(32).toString('base64'));
    chmodSync(masterKeyFile, mode);
    await expect(source({ masterKeyFile }).load()).rejects.toMatchObject({
      code: 'master_key_exposed',
      remedy: `run: chmod 600 ${masterKeyFile}`,
    });
  });

  it.each([
    ['nothing', ''],
    ['another text', 'hunter2 is no key!'],
    ['too few bytes', randomBytes(16).toString('base64')],
    ['too many bytes', randomBytes(33).toString('base64')],
  ])('refuses %s as a key without repeating it', async (_name, masterKey) => {
    const fault = await source({ masterKey })
      .load()
      .catch((error: unknown) => error as Error);
    expect(fault).toMatchObject({ code: 'master_key_malformed' });
    if (masterKey !== '') expect((fault as Error).message).not.toContain(masterKey);
  });

  it('refuses a named file that is not there', async () => {
    const masterKeyFile = path.join(dataDir, 'gone.key');
    await expect(source({ masterKeyFile }).load()).rejects.toMatchObject({
      code: 'master_key_unreadable',
      message: expect.stringContaining(masterKeyFile) as unknown as string,
    });
  });
});
