import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import { VaultError } from '../vault.errors.js';
import { PassphraseLock } from './passphrase.lock.js';

const PLAIN = new TextEncoder().encode('planted-master-key');
const PASSPHRASE = 'correct horse battery';
const lockWith = (passphrase: string): PassphraseLock =>
  new PassphraseLock(() => Promise.resolve(passphrase), 'the place');

function headerOf(text: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const fault: unknown = await work.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(VaultError);
  expect((fault as Error).message).not.toContain('planted');
  expect((fault as Error).message).not.toContain(PASSPHRASE);
  return (fault as VaultError).code;
}

describe('PassphraseLock', () => {
  it('opens with the passphrase that locked, whatever blanks or line ends surround it', async () => {
    const text = await lockWith(PASSPHRASE).lock(PLAIN);
    expect(headerOf(text)).toMatchObject({ alg: 'dir', enc: 'A256GCM', kdf: 'scrypt', n: 131_072, r: 8, p: 1 });
    expect(text).not.toContain('planted');
    expect(new TextDecoder().decode(await lockWith(`${PASSPHRASE}\n`).unlock(text))).toBe('planted-master-key');
    expect(await codeOf(lockWith('wrong horse battery').unlock(text))).toBe('wrong_master_passphrase');
  });

  it('takes another salt each time', async () => {
    const salts = await Promise.all([1, 2].map(async () => headerOf(await lockWith(PASSPHRASE).lock(PLAIN))['salt']));
    expect(new Set(salts).size).toBe(2);
  });

  it('does not open what was altered', async () => {
    const parts = (await lockWith(PASSPHRASE).lock(PLAIN)).split('.');
    const salted = { ...headerOf(parts.join('.')), salt: randomBytes(16).toString('base64url') };
    const other = [Buffer.from(JSON.stringify(salted)).toString('base64url'), ...parts.slice(1)].join('.');
    const cut = parts.with(3, (parts[3] ?? '').slice(0, -4)).join('.');
    for (const altered of [other, cut]) {
      expect(await codeOf(lockWith(PASSPHRASE).unlock(altered))).toBe('wrong_master_passphrase');
    }
  });

  it.each<[string, object]>([
    ['a weak cost', { n: 1_024 }],
    ['a cost that would stop the start', { n: 2 ** 30 }],
    ['another derivation', { kdf: 'pbkdf2' }],
    ['no salt', { salt: undefined }],
  ])('refuses %s before it derives anything', async (_name, changed) => {
    const header = { alg: 'dir', enc: 'A256GCM', kdf: 'scrypt', salt: 'AAAA', n: 131_072, r: 8, p: 1, ...changed };
    const text = await new CompactEncrypt(PLAIN).setProtectedHeader(header).encrypt(randomBytes(32));
    expect(await codeOf(lockWith(PASSPHRASE).unlock(text))).toBe('master_lock_altered');
  });

  it('refuses what is no JWE, and a short passphrase', async () => {
    expect(await codeOf(lockWith(PASSPHRASE).unlock('nonsense'))).toBe('master_lock_altered');
    expect(await codeOf(lockWith('short').lock(PLAIN))).toBe('master_lock_settings');
  });
});
