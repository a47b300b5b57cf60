import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keysSuite } from '../support/keys-suite.js';
import { type KeysService, plantedKey, startKeysService } from '../support/keys-service.js';
import { TRANSIT_TOKEN, TransitServer } from '../support/transit-server.js';
import { VaultRig } from '../support/vault-rig.js';

let service: KeysService;
const suite = keysSuite(() => service);
const keyFile = (): string => path.join(suite.database.dataDir, 'master.key');
const secretOf = async (exchange: string): Promise<string | undefined> =>
  (await service.credentials.credential(exchange, 'fees'))?.secret?.reveal();
const faultOf = (settings: Record<string, unknown>): Promise<unknown> =>
  startKeysService(suite.database, settings).then(
    () => null,
    (error: unknown) => error,
  );

interface Status {
  readonly keys: readonly { readonly kid: string; readonly rows: number; readonly isCurrent: boolean }[];
}

describe('the master keys by REST', () => {
  it('are shown by name with rows and age, and rotated while signed calls go on', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey();
    const { id, fingerprint } = await service.add(given);
    const before = await service.call('GET', '/v1/keys/master');
    expect(before).toMatchObject({
      status: 200,
      json: { place: keyFile(), lock: 'none', isRotating: false, keys: [{ rows: 1, isCurrent: true }] },
    });
    const [old] = (before.json as unknown as Status).keys;

    const stopping = new AbortController();
    let opened = 0;
    const load = (async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        expect(await secretOf('binance')).toBe(given['secret']);
        opened += 1;
      }
    })();
    for (let turn = 0; turn < 3; turn += 1) {
      const rotated = await service.call('POST', '/v1/keys/master/rotate');
      expect(rotated).toMatchObject({ status: 200, json: { isNew: true, resealed: 1, unopened: [] } });
    }
    stopping.abort();
    await load;
    expect(opened).toBeGreaterThan(0);

    const after = await service.call('GET', '/v1/keys/master');
    const { keys } = after.json as unknown as Status;
    expect(keys).toEqual([
      expect.objectContaining({ rows: 1, isCurrent: true, ageMs: expect.any(Number) as unknown as number }),
    ]);
    expect(keys[0]?.kid).not.toBe(old?.kid);
    expect(service.shown(id)?.fingerprint).not.toBe(fingerprint);
    expect(await service.call('POST', '/v1/keys', given)).toMatchObject({
      status: 409,
      json: { code: 'duplicate_key' },
    });
    const shown = [before.text, after.text, ...service.lines].join();
    expect(shown).not.toContain(readFileSync(keyFile(), 'utf8').slice(0, 44));
  });

  it('want a token that may, and say what to do when a variable holds the key', async () => {
    const masterKey = Buffer.alloc(32, 'm').toString('base64');
    service = await startKeysService(suite.database, { masterKey });
    for (const [method, target] of [
      ['GET', '/v1/keys/master'],
      ['POST', '/v1/keys/master/rotate'],
    ] as const) {
      expect(await service.call(method, target, undefined, null)).toMatchObject({ status: 401 });
    }
    expect(await service.call('POST', '/v1/keys/master/rotate')).toMatchObject({
      status: 409,
      json: { code: 'master_lock_settings', detail: expect.stringContaining('NEW,OLD') as unknown as string },
    });
  });

  it('are read anew when another process has rotated them', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey();
    await service.add(given);
    const other = new VaultRig(service.database, suite.database.dataDir);
    expect(await other.rotation.rotate('another process')).toMatchObject({ resealed: 1 });
    expect(await secretOf('binance')).toBe(given['secret']);
    expect(await service.call('POST', '/v1/keys', given)).toMatchObject({ status: 409 });
    const next = plantedKey('okx');
    await service.add(next);
    await service.stop();
    service = await startKeysService(suite.database);
    expect([await secretOf('binance'), await secretOf('okx')]).toEqual([given['secret'], next['secret']]);
  });

  it('warn at the start about a rotation that was stopped', async () => {
    const [one, two] = ['a', 'b'].map((letter) => Buffer.alloc(32, letter).toString('base64'));
    service = await startKeysService(suite.database, { masterKey: one });
    await service.add(plantedKey());
    await service.stop();
    service = await startKeysService(suite.database, { masterKey: `${two!},${one!}` });
    expect(service.lines.filter((line) => line.includes('older master keys are still there'))).toHaveLength(1);
    expect(await service.call('GET', '/v1/keys/master')).toMatchObject({ json: { isRotating: true } });
    expect(await service.call('POST', '/v1/keys/master/rotate')).toMatchObject({
      json: { isNew: false, resealed: 1, dropped: [], removable: [expect.any(String)] },
    });
  });
});

describe('a master key behind a passphrase', () => {
  const masterPassphrase = 'correct horse battery';

  it('opens with it alone, and a rotation keeps the lock', async () => {
    service = await startKeysService(suite.database, { masterPassphrase });
    const given = plantedKey();
    await service.add(given);
    expect(await service.call('POST', '/v1/keys/master/rotate')).toMatchObject({ status: 200 });
    await service.stop();
    const text = readFileSync(keyFile(), 'utf8');
    expect(text).toMatch(/^crossbook-keyring v1 passphrase\n/);
    expect(await faultOf({})).toMatchObject({ code: 'master_key_locked' });
    expect(await faultOf({ masterPassphrase: 'wrong horse battery' })).toMatchObject({
      code: 'wrong_master_passphrase',
    });
    expect(readFileSync(keyFile(), 'utf8')).toBe(text);

    service = await startKeysService(suite.database, { masterPassphrase });
    expect(await secretOf('binance')).toBe(given['secret']);
    expect(service.lines.join()).not.toContain(masterPassphrase);
  }, 60_000);
});

describe('a master key behind a transit engine', () => {
  let vault: TransitServer;
  let transit: Record<string, unknown>;
  beforeEach(async () => {
    vault = await new TransitServer().start();
    const tokenFile = path.join(suite.database.dataDir, 'transit.token');
    writeFileSync(tokenFile, `${TRANSIT_TOKEN}\n`, { mode: 0o600 });
    transit = { url: vault.url, tokenFile };
  });
  afterEach(() => vault.stop());

  it('is asked for at the start, and what is unlocked goes on without it', async () => {
    service = await startKeysService(suite.database, { transit });
    const given = plantedKey();
    await service.add(given);
    await service.stop();
    expect(readFileSync(keyFile(), 'utf8')).toMatch(/^crossbook-keyring v1 transit\nvault:v1:/);

    service = await startKeysService(suite.database, { transit });
    await vault.stop();
    expect(await secretOf('binance')).toBe(given['secret']);
    await service.add(plantedKey('okx'));
    expect(await service.call('GET', '/v1/keys/master')).toMatchObject({ status: 200, json: { lock: 'transit' } });
    const before = readFileSync(keyFile(), 'utf8');
    expect(await service.call('POST', '/v1/keys/master/rotate')).toMatchObject({
      status: 503,
      json: {
        code: 'transit_unreachable',
        detail: expect.stringContaining('nothing was changed') as unknown as string,
      },
    });
    expect(readFileSync(keyFile(), 'utf8')).toBe(before);
    expect(await secretOf('binance')).toBe(given['secret']);

    await vault.start();
    expect(await service.call('POST', '/v1/keys/master/rotate')).toMatchObject({ status: 200, json: { resealed: 2 } });
    expect(service.lines.join()).not.toContain(TRANSIT_TOKEN);
  }, 60_000);

  it('stops the start with the way out when it is down, sealed, or refuses the token', async () => {
    service = await startKeysService(suite.database, { transit });
    const given = plantedKey();
    await service.add(given);
    await service.stop();
    vault.isSealed = true;
    expect(await faultOf({ transit })).toMatchObject({ code: 'transit_sealed' });
    vault.isSealed = false;
    await vault.stop();
    expect(await faultOf({ transit })).toMatchObject({ code: 'transit_unreachable' });
    await vault.start();
    const tokenFile = String(transit['tokenFile']);
    writeFileSync(tokenFile, 'hvs.another');
    expect(await faultOf({ transit })).toMatchObject({ code: 'transit_refused' });
    chmodSync(tokenFile, 0o644);
    expect(await faultOf({ transit })).toMatchObject({ code: 'master_key_exposed' });
    expect(await faultOf({ masterPassphrase: 'correct horse battery' })).toMatchObject({ code: 'master_key_locked' });
    expect(await faultOf({ transit: { url: vault.url } })).toMatchObject({ code: 'master_lock_settings' });

    chmodSync(tokenFile, 0o600);
    writeFileSync(tokenFile, TRANSIT_TOKEN);
    service = await startKeysService(suite.database, { transit });
    expect(await secretOf('binance')).toBe(given['secret']);
  }, 60_000);
});

describe('a row', () => {
  it.each<[string, string]>([
    ['was swapped with another', `secret_sealed = (SELECT secret_sealed FROM credentials WHERE id <> $1)`],
    ['was cut', `secret_sealed = left(secret_sealed, -9)`],
    ['was altered', `secret_sealed = overlay(secret_sealed placing 'AAAA' from length(secret_sealed) - 30)`],
    ['names another master key in its head', `secret_sealed = 'eyJraWQiOiIwMTIzIn0' || substr(secret_sealed, 20)`],
    ['lost its secret', `secret_sealed = ''`],
  ])('that %s turns its key red and no other', async (_name, change) => {
    service = await startKeysService(suite.database);
    const { id } = await service.add(plantedKey('binance'));
    const other = plantedKey('okx');
    await service.add(other);
    await service.database.query(`UPDATE credentials SET ${change} WHERE id = $1`, [id]);
    const checked = await service.call('POST', `/v1/keys/${id}/check`);
    expect(checked).toMatchObject({ json: { health: 'critical', findings: [{ code: 'SEAL_BROKEN' }] } });
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
    expect(await secretOf('okx')).toBe(other['secret']);
  });
});
