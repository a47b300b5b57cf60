import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { compactDecrypt, CompactEncrypt } from 'jose';
import { Secret } from '../../exchanges/index.js';
import { MasterKey } from './master-key.js';
import { seal, type SealContext, unseal } from './sealer.js';
import { VaultError } from './vault.errors.js';

const bytes = randomBytes(32);
const master = new MasterKey(bytes);
const CONTEXT: SealContext = { keyId: 'k1', exchange: 'okx', field: 'secret', version: 1 };
const SECRET = 'planted-9f3c-secret';

const headerOf = (sealed: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;

async function codeOf(opening: Promise<unknown>): Promise<string> {
  const fault: unknown = await opening.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(VaultError);
  expect((fault as Error).message).not.toContain(SECRET);
  return (fault as VaultError).code;
}

describe('seal and unseal', () => {
  it('gives back what was sealed', async () => {
    const sealed = await seal(master, CONTEXT, new Secret(SECRET));
    expect((await unseal(master, CONTEXT, sealed)).reveal()).toBe(SECRET);
    expect(sealed).not.toContain(SECRET);
  });

  it('writes a compact JWE that any RFC 7516 tool opens with the master key', async () => {
    const sealed = await seal(master, CONTEXT, new Secret(SECRET));
    expect(sealed.split('.')).toHaveLength(5);
    expect(headerOf(sealed)).toMatchObject({
      ...{ alg: 'A256GCMKW', enc: 'A256GCM', kid: master.kid },
      ...{ cid: 'k1', exchange: 'okx', field: 'secret', ver: 1 },
    });
    const { plaintext } = await compactDecrypt(sealed, bytes);
    expect(new TextDecoder().decode(plaintext)).toBe(SECRET);
  });

  it('seals the same secret differently each time', async () => {
    const both = [await seal(master, CONTEXT, new Secret(SECRET)), await seal(master, CONTEXT, new Secret(SECRET))];
    expect(new Set(both.flatMap((sealed) => sealed.split('.').slice(1))).size).toBe(8);
  });

  it.each<[string, Partial<SealContext>]>([
    ['another key', { keyId: 'k2' }],
    ['another exchange', { exchange: 'binance' }],
    ['another field', { field: 'apiKey' }],
    ['another version', { version: 2 }],
  ])('does not open in the place of %s', async (_name, other) => {
    const sealed = await seal(master, CONTEXT, new Secret(SECRET));
    expect(await codeOf(unseal(master, { ...CONTEXT, ...other }, sealed))).toBe('seal_broken');
  });

  it('does not open when any part was changed', async () => {
    const parts = (await seal(master, CONTEXT, new Secret(SECRET))).split('.');
    for (const at of parts.keys()) {
      const part = parts[at] ?? '';
      const flipped = `${part.slice(0, -2)}${part.at(-2) === 'A' ? 'B' : 'A'}${part.slice(-1)}`;
      const changed = parts.map((one, index) => (index === at ? flipped : one)).join('.');
      expect(['seal_broken', 'wrong_master_key']).toContain(await codeOf(unseal(master, CONTEXT, changed)));
    }
    expect(await codeOf(unseal(master, CONTEXT, 'nonsense'))).toBe('seal_broken');
    expect(await codeOf(unseal(master, CONTEXT, ''))).toBe('seal_broken');
  });

  it('does not open what was sealed with a weaker method, even with the right key', async () => {
    const header = { alg: 'dir', enc: 'A256GCM', kid: master.kid, cid: 'k1', exchange: 'okx', field: 'secret', ver: 1 };
    const forged = await new CompactEncrypt(new TextEncoder().encode('x')).setProtectedHeader(header).encrypt(bytes);
    expect(await codeOf(unseal(master, CONTEXT, forged))).toBe('seal_broken');
  });

  it('names both master keys when the wrong one is given', async () => {
    const other = new MasterKey(randomBytes(32));
    const sealed = await seal(other, CONTEXT, new Secret(SECRET));
    const fault = await unseal(master, CONTEXT, sealed).catch((error: unknown) => error as VaultError);
    expect(fault).toMatchObject({
      code: 'wrong_master_key',
      remedy: expect.stringContaining('masterKeyFile') as unknown as string,
    });
    expect((fault as Error).message).toContain(other.kid);
    expect((fault as Error).message).toContain(master.kid);
  });
});

describe('MasterKey', () => {
  it('has the same name and fingerprints for the same bytes, others for others', () => {
    const same = new MasterKey(Uint8Array.from(bytes));
    const other = new MasterKey(randomBytes(32));
    expect(same.kid).toBe(master.kid);
    expect(same.kid).toMatch(/^[0-9a-f]{16}$/);
    expect(other.kid).not.toBe(master.kid);
    expect(same.fingerprint('okx', 'key')).toBe(master.fingerprint('okx', 'key'));
    const all = [
      master.fingerprint('okx', 'key'),
      master.fingerprint('binance', 'key'),
      other.fingerprint('okx', 'key'),
    ];
    expect(new Set(all).size).toBe(3);
  });

  it('prints nothing of itself', () => {
    const shown = [inspect(master, { showHidden: true, depth: 5 }), JSON.stringify({ master }), master.toJSON()].join();
    for (const form of ['hex', 'base64', 'base64url'] as const) expect(shown).not.toContain(bytes.toString(form));
    expect(shown).not.toContain([...bytes].join(', '));
  });

  it('refuses any other length', () => {
    expect(() => new MasterKey(randomBytes(31))).toThrow(RangeError);
  });
});
