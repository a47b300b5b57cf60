import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createSigned } from '../../src/exchanges/ccxt/signed/signed-instance.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import type { KeyProbeResult } from '../../src/exchanges/index.js';
import type { Compromised, ManyCompromised } from '../../src/keys/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { collect } from '../support/collect.js';
import { keyIn, type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { keysSuite } from '../support/keys-suite.js';
import { refusal, ScriptedProbe } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);
const compromise = async (id: string): Promise<Compromised> =>
  (await service.call('POST', `/v1/keys/${id}/compromise`)).json as unknown as Compromised;
const sealedOf = (id: string): Promise<object[]> =>
  service.database.query(
    'SELECT kid, api_key_sealed, secret_sealed, passphrase_sealed FROM credentials WHERE id = $1',
    [id],
  );
const SHREDDED = [{ kid: '', api_key_sealed: '', secret_sealed: null, passphrase_sealed: null }];

describe('a leaked key', () => {
  it('signs nothing from then on, its secret is gone, and its owner is told how to delete it and what it did', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey('okx');
    const { id } = await service.add(given);
    service.calls.record({ ...signedCall(id, 'ok', Date.now()), exchange: 'okx' });
    const told: string[] = [];
    const subscription = collect(service.credentials.changes$, (exchange) => told.push(exchange));
    const asked = service.probe.asked.length;
    const answer = await compromise(id);
    subscription.unsubscribe();

    expect(answer).toMatchObject({
      key: { id, state: 'compromised', health: 'disabled' },
      wasCompromised: false,
      shredding: 'done',
      deletion: { page: 'https://www.okx.com/account/my-api', guide: 'docs/keys/okx.md', incident: 'docs/incident.md' },
    });
    expect(answer.deletion.steps[0]).toContain('https://www.okx.com/account/my-api');
    expect(answer.timeline?.calls).toMatchObject([{ method: 'GET', path: '/api/v3/account', outcome: 'ok' }]);
    expect(answer.timeline?.hours).toMatchObject([{ calls: 1, outcomes: { ok: 1 } }]);
    expect(answer.timeline?.audit.map(({ action }) => action)).toEqual(['key_compromised', 'key_added']);
    expect(answer.timeline?.facts?.scopes).toMatchObject({ read: true, withdraw: false });
    expect(told).toEqual(['okx']);
    expect(service.probe.asked).toHaveLength(asked);
    expect(await service.credentials.credential('okx', 'fees')).toBeNull();
    expect(await sealedOf(id)).toEqual(SHREDDED);

    const again = await compromise(id);
    expect(again).toMatchObject({ wasCompromised: true, shredding: 'done' });
    expect(again.timeline?.audit.map(({ action }) => action)).toEqual(['key_compromised', 'key_added']);
    expect((await service.call('POST', `/v1/keys/${id}/check`)).json).toMatchObject({ status: 409 });
    expect(keyIn(await service.call('POST', `/v1/keys/${id}/disable`)).state).toBe('compromised');
    expect((await service.call('POST', '/v1/keys', given)).json).toMatchObject({
      status: 409,
      code: 'compromised_key',
    });
    expect((await service.call('POST', '/v1/keys/nobody/compromise')).status).toBe(404);
    expect((await service.call('POST', `/v1/keys/${id}/compromise`, undefined, null)).status).toBe(401);

    // The shredded row is no sealed one: the next start wants no other master key for it.
    await service.stop();
    service = await startKeysService(suite.database);
    expect(service.shown(id)?.state).toBe('compromised');
    expect((await service.call('GET', `/v1/keys/${id}/timeline`)).json).toMatchObject({ calls: [{ outcome: 'ok' }] });
  });

  it('goes with all others of its exchange, or with all there are', async () => {
    service = await startKeysService(suite.database);
    const [one, two, other] = [
      await service.add(plantedKey('okx', 'one')),
      await service.add(plantedKey('okx', 'two')),
      await service.add(plantedKey('binance')),
    ];
    await compromise(one.id);
    const many = async (body: unknown): Promise<ManyCompromised> =>
      (await service.call('POST', '/v1/keys/compromise', body)).json as unknown as ManyCompromised;
    const okx = await many({ exchange: 'okx' });
    expect([okx.data.map(({ key }) => key.id), okx.alreadyCompromised.map(({ id }) => id)]).toEqual([
      [two.id],
      [one.id],
    ]);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(other.id);
    const all = await many({ all: true });
    expect([all.data.map(({ key }) => key.id), all.alreadyCompromised]).toMatchObject([[other.id], { length: 2 }]);
    expect(await many({ all: true })).toMatchObject({ data: [], alreadyCompromised: { length: 3 } });
    for (const body of [{}, { exchange: 'okx', all: true }, { all: false }, { every: true }]) {
      expect((await service.call('POST', '/v1/keys/compromise', body)).json).toMatchObject({
        status: 400,
        code: 'bad_body',
      });
    }
  });

  it('is given up in the middle of a check, whatever the exchange says afterwards', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey();
    const { id } = await service.add(given);
    let say: (result: KeyProbeResult) => void = () => undefined;
    service.probe.answers.set(given['apiKey']!, new Promise((resolve) => (say = resolve)));
    const check = service.call('POST', `/v1/keys/${id}/check`);
    await waitFor('the check runs', () => service.probe.asked.length === 2);
    expect(await compromise(id)).toMatchObject({ shredding: 'done' });
    say(refusal('revoked'));
    expect(keyIn(await check)).toMatchObject({ state: 'compromised', findings: [] });
  });
});

describe('a leaked key while the database is away', () => {
  /** Shuts our database to everybody, or opens it again, from another one of the same server. */
  const databaseFor = async (): Promise<(isShut: boolean) => Promise<void>> => {
    const { pool } = service.opened.database;
    const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
    const name = rows[0]!.name;
    const { connectionString, ...options } = pool.options;
    const place =
      connectionString === undefined ? options : { connectionString: connectionString.replace(name, 'template1') };
    return async (isShut) => {
      const client = new Client({ ...place, ...(connectionString === undefined ? { database: 'template1' } : {}) });
      await client.connect();
      try {
        await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS ${isShut ? 'false' : 'true'}`);
        if (isShut)
          await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      } finally {
        await client.end();
      }
    };
  };

  it('stops all the same, and is shredded when the database is back', async () => {
    service = await startKeysService(suite.database);
    const { id } = await service.add(plantedKey());
    const shut = await databaseFor();
    await shut(true);
    const answer = await compromise(id);
    expect(answer).toMatchObject({ key: { state: 'compromised' }, shredding: 'pending', timeline: null });
    expect(answer.deletion.page).toBe('https://www.binance.com/en/my/settings/api-management');
    expect(service.shown(id)?.state).toBe('compromised');
    expect(existsSync(path.join(suite.database.dataDir, 'compromised.pending'))).toBe(true);
    expect(await compromise(id)).toMatchObject({ wasCompromised: true, shredding: 'pending' });
    await shut(false);
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
    await waitFor(
      'it is shredded',
      async () => JSON.stringify(await sealedOf(id)) === JSON.stringify(SHREDDED),
      30_000,
    );
    await waitFor('nothing is pending', () => !existsSync(path.join(suite.database.dataDir, 'compromised.pending')));
    expect(await compromise(id)).toMatchObject({ shredding: 'done' });
  }, 60_000);

  it('signs nothing after a restart either, and is shredded then', async () => {
    const probe = new ScriptedProbe();
    service = await startKeysService(suite.database, {}, probe);
    const { id } = await service.add(plantedKey());
    const shut = await databaseFor();
    await shut(true);
    expect(await compromise(id)).toMatchObject({ shredding: 'pending' });
    await service.stop();
    await shut(false);
    service = await startKeysService(suite.database, {}, probe);
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
    await waitFor(
      'it is shredded',
      async () => JSON.stringify(await sealedOf(id)) === JSON.stringify(SHREDDED),
      30_000,
    );
    expect(service.shown(id)?.state).toBe('compromised');
  }, 60_000);
});

describe('a leaked key at a simulated exchange, with real ccxt', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'] });
  });
  afterAll(async () => {
    await simulator.close();
  });

  it('signs no call after the answer', async () => {
    service = await startKeysService(suite.database, { exchangeGateway: simulator.url });
    const { apiKey, secret } = simulator.createKey('binance');
    const { id } = await service.add({ exchange: 'binance', label: 'x', apiKey, secret });
    const clock = new SystemClock();
    const context = { gateway: simulator.url, clock, calls: service.calls, gate: new RestGate(clock, () => undefined) };
    let isOver = false;
    let calls = 0;
    let refused = 0;
    const load = async (): Promise<void> => {
      while (!isOver) {
        const credential = await service.credentials.credential('binance', 'balances');
        if (!credential) {
          refused += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        const keyed = createSigned('binance', credential, context);
        keyed.setMarkets([]);
        await keyed.fetchBalance();
        calls += 1;
      }
    };
    const running = Promise.all([load(), load()]);
    await waitFor('it is in use', () => calls > 5, 30_000);
    expect(await compromise(id)).toMatchObject({ shredding: 'done' });
    await waitFor('it is refused', () => refused > 5);
    const after = calls;
    await waitFor('it is refused again and again', () => refused > 20);
    expect(calls).toBe(after);
    isOver = true;
    await running;
  }, 60_000);
});
