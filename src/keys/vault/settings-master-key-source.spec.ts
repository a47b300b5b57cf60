import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Settings } from '../../platform/config/index.js';
import { openLog } from '../../platform/logging/index.js';
import type { Keyring } from './keyring.js';
import { MasterKey } from './master-key.js';
import { SettingsMasterKeySource } from './settings-master-key-source.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'crossbook-master-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const source = (settings: Partial<Settings> = {}): SettingsMasterKeySource =>
  new SettingsMasterKeySource({ dataDir, ...settings }, openLog('silent'));

describe('SettingsMasterKeySource', () => {
  it('takes the key from the setting', async () => {
    const bytes = randomBytes(32);
    const key = await source({ masterKey: bytes.toString('base64') }).load();
    expect(key?.current.kid).toBe(new MasterKey(bytes).kid);
  });

  it('has none until it makes one, which only the owner can read', async () => {
    expect(await source().load()).toBeNull();
    const made = await source().create();
    const file = path.join(dataDir, 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await source().load())?.kids).toEqual(made.kids);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('makes one key when two processes make it at once', async () => {
    const kids = await Promise.all(Array.from({ length: 8 }, async () => (await source().create()).current.kid));
    expect(new Set(kids).size).toBe(1);
    expect(readFileSync(path.join(dataDir, 'master.key'), 'utf8')).toMatch(/^\S{44} \d{4}-\S+Z\n$/);
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

describe('a lock', () => {
  const masterPassphrase = 'correct horse battery';
  const locked = (settings: Partial<Settings> = {}): SettingsMasterKeySource =>
    source({ masterPassphrase, ...settings });
  const file = (): string => path.join(dataDir, 'master.key');
  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    ((await work.catch((error: unknown) => error)) as { code?: unknown } | undefined)?.code;

  it('is put on a file that is there and taken off again, and each way round the other start says what to do', async () => {
    const { kids } = await source().create();
    const plain = readFileSync(file(), 'utf8');
    await expect(locked().load()).rejects.toMatchObject({
      code: 'master_key_not_locked',
      remedy: expect.stringContaining('keys master lock') as unknown as string,
    });
    expect(await locked().lockFile()).toBe(true);
    expect(readFileSync(file(), 'utf8')).toMatch(/^crossbook-keyring v1 passphrase\n/);
    expect(readFileSync(file(), 'utf8')).not.toContain(plain.slice(0, 20));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await locked().load())?.kids).toEqual(kids);
    expect(await locked().lockFile()).toBe(false);

    await expect(source().load()).rejects.toMatchObject({
      code: 'master_key_locked',
      message: expect.stringContaining('masterPassphrase') as unknown as string,
    });
    expect(await codeOf(locked({ masterPassphrase: 'another passphrase' }).load())).toBe('wrong_master_passphrase');
    expect(await codeOf(source().unlockFile())).toBe('master_key_locked');
    expect(await locked().unlockFile()).toBe(true);
    expect(readFileSync(file(), 'utf8')).toBe(plain);
    expect(await source().unlockFile()).toBe(false);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('is on the file that is made under it, and the passphrase may stand in a file of its own', async () => {
    const masterPassphraseFile = path.join(dataDir, 'passphrase');
    writeFileSync(masterPassphraseFile, `${masterPassphrase}\n`, { mode: 0o644 });
    expect(await codeOf(source({ masterPassphraseFile }).create())).toBe('master_key_exposed');
    chmodSync(masterPassphraseFile, 0o600);
    const { kids } = await source({ masterPassphraseFile }).create();
    expect((await locked().load())?.kids).toEqual(kids);
    rmSync(masterPassphraseFile);
    expect(await codeOf(source({ masterPassphraseFile }).load())).toBe('master_lock_unreadable');
  });

  it('is refused where it would lock nothing, or where there are two', async () => {
    const masterKey = randomBytes(32).toString('base64');
    for (const settings of [{ masterKey }, { masterPassphraseFile: '/x' }]) {
      expect(await codeOf(locked(settings).load())).toBe('master_lock_settings');
    }
    expect(await codeOf(source().lockFile())).toBe('master_lock_settings');
    const transit = { url: 'https://vault.example.org', key: 'crossbook', mount: 'transit' };
    await source().create();
    expect(await codeOf(source({ transit }).load())).toBe('master_lock_settings');
  });

  it('of a later version is named, not guessed at', async () => {
    writeFileSync(file(), 'crossbook-keyring v9 enclave\nabc\n', { mode: 0o600 });
    await expect(source().load()).rejects.toMatchObject({
      code: 'master_key_malformed',
      message: expect.stringContaining('crossbook-keyring v9 enclave') as unknown as string,
    });
  });
});

describe('another ring', () => {
  it('takes the place of the old one through a symbolic link, with nothing left beside it', async () => {
    const masterKeyFile = path.join(dataDir, 'link.key');
    const one = source({ masterKeyFile });
    symlinkSync(path.join(dataDir, 'master.key'), masterKeyFile);
    await source().create();
    writeFileSync(path.join(dataDir, 'master.key.next'), 'left by a killed process');
    const next = (await one.load())?.behind(MasterKey.make(1_795_000_000_000));
    await one.replace(next!);
    expect((await source().load())?.kids).toEqual(next?.kids);
    expect((await one.load())?.current.createdAtMs).toBe(1_795_000_000_000);
    expect(lstatSync(masterKeyFile).isSymbolicLink()).toBe(true);
    expect(statSync(masterKeyFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).sort()).toEqual(['link.key', 'master.key']);
  });

  it('is not written over one that another process wrote meanwhile', async () => {
    const [one, other] = [source(), source()];
    await one.create();
    const next = (ring: Keyring | null): Keyring => ring!.behind(MasterKey.make(0));
    const ours = next(await one.load());
    await other.replace(next(await other.load()));
    const theirs = readFileSync(path.join(dataDir, 'master.key'), 'utf8');
    await expect(one.replace(ours)).rejects.toMatchObject({ code: 'master_key_changed' });
    expect(readFileSync(path.join(dataDir, 'master.key'), 'utf8')).toBe(theirs);
  });
});
