import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TRANSIT_TOKEN, TransitServer } from '../support/transit-server.js';
import { VaultError } from '../../src/keys/vault/vault.errors.js';
import { TransitLock, type TransitOptions } from '../../src/keys/vault/locks/transit.lock.js';

const PLAIN = new TextEncoder().encode('planted-master-key');
let server: TransitServer;
beforeEach(async () => {
  server = await new TransitServer().start();
});
afterEach(() => server.stop());

const lockWith = (changed: Partial<TransitOptions> = {}): TransitLock =>
  new TransitLock({
    ...{ url: server.url, key: 'crossbook', mount: 'transit', namespace: undefined, retryDelaysMs: [1, 1] },
    token: () => Promise.resolve(TRANSIT_TOKEN),
    ...changed,
  });

async function faultOf(work: Promise<unknown>): Promise<VaultError> {
  const fault: unknown = await work.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(VaultError);
  expect((fault as Error).message).not.toContain('planted');
  return fault as VaultError;
}

describe('TransitLock', () => {
  it('has the engine encrypt and decrypt, with its token and namespace', async () => {
    const lock = lockWith({ namespace: 'desk/one' });
    const text = await lock.lock(PLAIN);
    expect(text).toMatch(/^vault:v1:/);
    expect(new TextDecoder().decode(await lock.unlock(`${text}\n`))).toBe('planted-master-key');
    expect(server.calls).toEqual([
      { url: '/v1/transit/encrypt/crossbook', token: TRANSIT_TOKEN, namespace: 'desk/one' },
      { url: '/v1/transit/decrypt/crossbook', token: TRANSIT_TOKEN, namespace: 'desk/one' },
    ]);
  });

  it('finds an engine that is mounted deeper, behind a path of a proxy', async () => {
    await faultOf(lockWith({ url: `${server.url}/proxy/`, mount: '/teams/a transit/' }).lock(PLAIN));
    expect(server.calls[0]?.url).toBe('/proxy/v1/teams/a%20transit/encrypt/crossbook');
  });

  it('tries again when the answer may pass', async () => {
    server.next.push([503, { errors: ['Vault is sealed'] }], [429, {}]);
    expect(await lockWith().lock(PLAIN)).toMatch(/^vault:v1:/);
    expect(server.calls).toHaveLength(3);
  });

  it('says that the Vault is sealed when it stays so', async () => {
    server.isSealed = true;
    const fault = await faultOf(lockWith().lock(PLAIN));
    expect(fault).toMatchObject({
      code: 'transit_sealed',
      remedy: expect.stringContaining('unseal') as unknown as string,
    });
    expect(fault.message).toContain('Vault is sealed');
    expect(server.calls).toHaveLength(3);
  });

  it.each<[string, Partial<TransitOptions>, string, string]>([
    [
      'a refused token',
      { token: () => Promise.resolve('planted-wrong') },
      'transit_refused',
      'transit/encrypt/crossbook',
    ],
    ['an unknown key', { key: 'other' }, 'transit_unknown_key', 'vault write -f transit/keys/other'],
    ['an unknown mount', { mount: 'kv' }, 'transit_unknown_key', 'correct transit.mount'],
  ])('tells %s apart and does not ask twice', async (_name, changed, code, remedy) => {
    const fault = await faultOf(lockWith(changed).lock(PLAIN));
    expect(fault.code).toBe(code);
    expect(fault.remedy).toContain(remedy);
    expect(server.calls).toHaveLength(1);
  });

  it('follows no redirect, which would carry the token away', async () => {
    server.next.push([307, {}]);
    expect(await faultOf(lockWith().lock(PLAIN))).toMatchObject({ code: 'transit_refused' });
    expect(server.calls).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    await server.stop();
    const fault = await faultOf(lockWith().lock(PLAIN));
    expect(fault).toMatchObject({ code: 'transit_unreachable' });
    expect(fault.message).toContain('ECONNREFUSED');
  });

  it('does not open what was altered, or what another key locked', async () => {
    const text = await lockWith().lock(PLAIN);
    for (const altered of [`${text.slice(0, -6)}AAAA==`, 'vault:v1:AAAA']) {
      expect(await faultOf(lockWith().unlock(altered))).toMatchObject({ code: 'master_lock_altered' });
    }
    const asked = server.calls.length;
    expect(await faultOf(lockWith().unlock('planted nonsense'))).toMatchObject({ code: 'master_lock_altered' });
    expect(server.calls).toHaveLength(asked);
  });

  it('refuses an answer that is no answer of the engine', async () => {
    server.next.push([200, { data: { ciphertext: 'planted' } }], [200, { hello: 1 }], [200, { data: {} }]);
    expect(await faultOf(lockWith().lock(PLAIN))).toMatchObject({ code: 'transit_refused' });
    expect(await faultOf(lockWith().lock(PLAIN))).toMatchObject({ code: 'transit_unreachable' });
    expect(await faultOf(lockWith().unlock('vault:v1:AAAA'))).toMatchObject({ code: 'transit_refused' });
  });

  it('sends the master key over no network in clear text', () => {
    expect(() => lockWith({ url: 'http://vault.example.org:8200' })).toThrow('clear text');
    expect(() => lockWith({ url: 'https://vault.example.org:8200' })).not.toThrow();
  });
});
