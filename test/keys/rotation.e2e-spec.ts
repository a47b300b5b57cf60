import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSigned } from '../../src/exchanges/ccxt/signed/signed-instance.js';
import { endRequests } from '../../src/exchanges/ccxt/instance/ccxt-instance.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type AccountExchange, type ApiKey, type Simulator, startSimulator } from '../../src/simulator/index.js';
import type { AuditView, KeyView } from '../../src/keys/index.js';
import { buildCommandLine } from '../support/command-line.js';
import { collect } from '../support/collect.js';
import { codesOf, keyIn, type KeysService, plantedKey, startKeysService } from '../support/keys-service.js';
import { keysSuite } from '../support/keys-suite.js';
import { readOnly, refusal } from '../support/scripted-probe.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const audited = async (): Promise<[string, string | null][]> =>
  ((await service.call('GET', '/v1/keys/audit')).json['data'] as AuditView[]).map(({ action, keyId }) => [
    action,
    keyId,
  ]);
/** The secrets of a key without what its successor takes over. */
const secretsOf = ({ apiKey, secret, passphrase }: Record<string, string | undefined>): Record<string, string> =>
  JSON.parse(JSON.stringify({ apiKey, secret, passphrase })) as Record<string, string>;

describe('a rotation', () => {
  const suite = keysSuite(() => service);

  it('lets a verified key take over in one step, with exchange, account and purposes of the old one', async () => {
    service = await startKeysService(suite.database);
    const old = await service.add({ ...plantedKey('okx', 'main'), account: 'sub', purposes: ['fees', 'balances'] });
    await service.add(plantedKey('okx', 'younger'));
    const told: string[] = [];
    const subscription = collect(service.credentials.changes$, (exchange) => told.push(exchange));
    const given = plantedKey('okx');
    const answer = await service.call('POST', `/v1/keys/${old.id}/rotate`, secretsOf(given));
    subscription.unsubscribe();

    expect(answer.status).toBe(201);
    const fresh = keyIn(answer);
    expect(fresh).toMatchObject({ exchange: 'okx', label: 'main', account: 'sub', purposes: ['fees', 'balances'] });
    expect(fresh).toMatchObject({ state: 'active', health: 'healthy', replacedBy: null });
    expect(service.shown(old.id)).toMatchObject({ state: 'grace', replacedBy: fresh.id });
    expect(told).toEqual(['okx']);
    // It has the place of the old one, before the key that came in between.
    expect((await service.credentials.credential('okx', 'fees'))?.keyId).toBe(fresh.id);
    expect(await audited()).toMatchObject([
      ['key_rotated', fresh.id],
      ['key_rotated', old.id],
      ['key_added', expect.anything()],
      ['key_added', old.id],
    ]);
    const [, first] = (await service.call('GET', '/v1/keys/audit')).json['data'] as AuditView[];
    expect(first?.detail).toMatchObject({ replacedBy: fresh.id });
    expect(answer.text).not.toContain(given['apiKey']);
  });

  it('waits for the deletion at the exchange, signs nothing until then, and shreds the secret when it is seen', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey();
    const old = await service.add(given);
    await service.call('POST', `/v1/keys/${old.id}/rotate`, secretsOf(plantedKey()));
    // A restart ends the grace as well.
    const { probe } = service;
    await service.stop();
    service = await startKeysService(suite.database, {}, probe);
    await waitFor('it waits', () => codesOf(service.shown(old.id)).includes('AWAITING_DELETION'));
    expect(service.shown(old.id)).toMatchObject({ state: 'awaiting_deletion', health: 'disabled' });
    expect(service.shown(old.id)?.findings[0]).toMatchObject({
      severity: 'info',
      url: 'https://www.binance.com/en/my/settings/api-management',
      seen: expect.stringContaining('docs/keys/binance.md'),
    });
    await service.database.query(`UPDATE credentials SET state_since = now() - interval '2 days' WHERE id = $1`, [
      old.id,
    ]);
    await service.stop();
    service = await startKeysService(suite.database, {}, probe);
    await waitFor('it is louder', () => service.shown(old.id)?.findings[0]?.severity === 'warning');

    probe.answers.set(given['apiKey']!, refusal('exchange_down'));
    expect(keyIn(await service.call('POST', `/v1/keys/${old.id}/check`)).state).toBe('awaiting_deletion');
    probe.answers.set(given['apiKey']!, refusal('revoked'));
    const seen = keyIn(await service.call('POST', `/v1/keys/${old.id}/check`));
    expect(seen).toMatchObject({ state: 'disabled', health: 'disabled', findings: [] });
    const rows = await service.database.query(
      'SELECT kid, api_key_sealed, secret_sealed, passphrase_sealed FROM credentials WHERE id = $1',
      [old.id],
    );
    expect(rows).toEqual([{ kid: '', api_key_sealed: '', secret_sealed: null, passphrase_sealed: null }]);
    expect((await audited()).slice(0, 2)).toEqual([
      ['key_deletion_seen', old.id],
      ['key_retired', old.id],
    ]);
    expect(service.lines.filter((line) => line.includes('needs its owner'))).toEqual([]);
    await service.stop();
    service = await startKeysService(suite.database, {}, probe);
    expect(service.shown(old.id)?.state).toBe('disabled');
  }, 30_000);

  it.each([
    ['a withdrawal right', readOnly({ withdraw: true }), 422, 'withdrawal_right'],
    ['a transfer right', readOnly({ transfer: true }), 422, 'transfer_right'],
    ['no right to read', readOnly({ read: false }), 422, 'key_too_weak'],
    ['an end that has passed', readOnly({}, { expiresAtMs: 1_700_000_000_000 }), 422, 'key_refused'],
    ['a refusal', refusal('wrong_secret'), 422, 'key_refused'],
    ['silence', refusal('exchange_down'), 422, 'not_verified'],
    ['a wrong address', refusal('ip_refused'), 422, 'not_verified'],
  ] as const)('changes nothing when the new key shows %s', async (_name, told, status, code) => {
    service = await startKeysService(suite.database);
    const old = await service.add(plantedKey());
    const given = plantedKey();
    service.probe.answers.set(given['apiKey']!, told);
    const answer = await service.call('POST', `/v1/keys/${old.id}/rotate`, secretsOf(given));
    expect(answer.json).toMatchObject({ status, code });
    expect(service.shown(old.id)).toEqual(old);
    expect(service.feed.snapshot()).toHaveLength(1);
    expect(await service.database.query('SELECT id FROM credentials')).toEqual([{ id: old.id }]);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(old.id);
  });

  it('names what is wrong with the body, and takes a dangerous key only when that is accepted', async () => {
    service = await startKeysService(suite.database);
    const old = await service.add(plantedKey());
    const rotate = (body: unknown, id = old.id) => service.call('POST', `/v1/keys/${id}/rotate`, body);
    const given = secretsOf(plantedKey());
    expect((await rotate({ ...given, exchange: 'okx' })).json).toMatchObject({ status: 400, field: 'exchange' });
    expect((await rotate({ ...given, secret: undefined })).json).toMatchObject({ status: 400, field: 'secret' });
    expect((await rotate({ ...given, acceptWithdrawal: 'yes' })).json).toMatchObject({ field: 'acceptWithdrawal' });
    expect((await rotate(given, 'nobody')).status).toBe(404);
    service.probe.answers.set(given['apiKey']!, readOnly({ withdraw: true }));
    expect((await rotate(given)).json).toMatchObject({ code: 'withdrawal_right' });
    const taken = keyIn(await rotate({ ...given, label: 'new', acceptWithdrawal: true }));
    expect([taken.label, taken.health]).toEqual(['new', 'critical']);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(taken.id);
    // What was accepted for a key is accepted for the one that follows it.
    const next = secretsOf(plantedKey());
    service.probe.answers.set(next['apiKey']!, readOnly({ withdraw: true }));
    expect((await service.call('POST', `/v1/keys/${taken.id}/rotate`, next)).status).toBe(201);
    expect((await rotate(secretsOf(plantedKey()))).json).toMatchObject({ status: 409, code: 'key_not_active' });
  });

  it('lets one of several at the same moment win', async () => {
    service = await startKeysService(suite.database);
    const old = await service.add(plantedKey());
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => service.call('POST', `/v1/keys/${old.id}/rotate`, secretsOf(plantedKey()))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(service.feed.snapshot().filter(({ state }) => state === 'active')).toHaveLength(1);
    expect(await service.database.query(`SELECT id FROM credentials WHERE state = 'active'`)).toHaveLength(1);
  });
});

describe('a rotation under load, at simulated exchanges with real ccxt', () => {
  const suite = keysSuite(() => service);
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'] });
  });
  afterAll(async () => {
    await simulator.close();
  });
  const bodyOf = ({ apiKey, secret, passphrase }: ApiKey): Record<string, string> => ({
    ...{ apiKey, secret },
    ...(passphrase === null ? {} : { passphrase }),
  });

  it.each<AccountExchange>(['binance', 'okx', 'kraken'])(
    'fails no signed call of %s, and sees what became of the old key',
    async (exchange) => {
      service = await startKeysService(suite.database, { exchangeGateway: simulator.url });
      const first = simulator.createKey(exchange);
      const old = await service.add({ exchange, label: 'main', ...bodyOf(first) });
      const clock = new SystemClock();
      const gate = new RestGate(clock, () => undefined);
      const signedWith = new Map<string, number>();
      const faults: string[] = [];
      let isOver = false;
      const load = async (): Promise<void> => {
        while (!isOver) {
          const credential = await service.credentials.credential(exchange, 'balances');
          if (!credential) throw new Error('for a moment there was no key');
          const context = { gateway: simulator.url, clock, calls: service.calls, gate };
          const keyed = createSigned(exchange, credential, context);
          keyed.setMarkets([]);
          await keyed.fetchBalance().catch((error: unknown) => faults.push(String(error)));
          signedWith.set(credential.keyId, (signedWith.get(credential.keyId) ?? 0) + 1);
          await endRequests(keyed);
        }
      };
      const running = Promise.all([load(), load(), load()]);
      await waitFor('the old key is in use', () => (signedWith.get(old.id) ?? 0) > 10, 30_000);
      const answer = await service.call('POST', `/v1/keys/${old.id}/rotate`, bodyOf(simulator.createKey(exchange)));
      expect([answer.status, answer.text]).toEqual([201, answer.text]);
      const fresh = keyIn(answer);
      await waitFor('the new key is in use', () => (signedWith.get(fresh.id) ?? 0) > 10, 30_000);
      isOver = true;
      await running;
      expect(faults).toEqual([]);
      await waitFor('the calls are stored', async () => {
        const [row] = await service.database.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM signed_calls WHERE key_id = $1`,
          [fresh.id],
        );
        return (row?.n ?? 0) > 10;
      });
      const outcomes = await service.database.query(
        `SELECT DISTINCT outcome FROM signed_calls WHERE key_id IN ($1, $2)`,
        [old.id, fresh.id],
      );
      expect(outcomes).toEqual([{ outcome: 'ok' }]);

      await waitFor('the old key waits', () => codesOf(service.shown(old.id)).includes('AWAITING_DELETION'), 30_000);
      expect(await service.credentials.credential(exchange, 'balances')).toMatchObject({ keyId: fresh.id });
      simulator.revokeKey(exchange, first.apiKey);
      // The first answer may be that of a check that began before.
      const check = async (): Promise<KeyView> => keyIn(await service.call('POST', `/v1/keys/${old.id}/check`));
      if (exchange === 'binance') {
        // Its words may mean an address or a right as well: nothing is shredded for them.
        const words = 'for other reasons too';
        await waitFor('it says so', async () => (await check()).findings.some(({ seen }) => seen.includes(words)));
        expect(service.shown(old.id)?.state).toBe('awaiting_deletion');
        return;
      }
      await waitFor('the deletion is seen', async () => (await check()).state !== 'awaiting_deletion');
      expect(service.shown(old.id)?.state).toBe('disabled');
      expect((await audited())[0]).toEqual(['key_deletion_seen', old.id]);
    },
    90_000,
  );
});

describe('a rotation that is killed', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  beforeAll(() => {
    buildCommandLine();
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 60_000);

  it('has happened whole or not at all, and the next start finishes it', async () => {
    const gateway = await stack.simulator(7);
    const settings = { CROSSBOOK_EXCHANGE_GATEWAY: gateway, CROSSBOOK_EXCHANGES: 'okx', CROSSBOOK_SYMBOLS: 'BTC/USDT' };
    const make = async (): Promise<Record<string, string>> => {
      const response = await fetch(`${gateway}/__sim/keys`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ exchange: 'okx', scopes: {} }),
      });
      return secretsOf((await response.json()) as Record<string, string>);
    };
    for (const waitMs of [20, 60, 150]) {
      const running = await stack.service(settings);
      const token = readFileSync(`${directory.path}/data/admin.token`, 'utf8').trim();
      const call = async (method: string, target: string, body?: unknown): Promise<Response> =>
        fetch(`${running.url}/v1/keys${target}`, {
          method,
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const listed = async (): Promise<{ id: string; state: string; replacedBy: string | null }[]> =>
        ((await (await call('GET', '')).json()) as { data: { id: string; state: string; replacedBy: string | null }[] })
          .data;
      await waitFor(
        'what was begun is finished',
        async () => (await listed()).every(({ state }) => state !== 'grace'),
        20_000,
      );
      const active = (await listed()).filter(({ state }) => state === 'active');
      const report = (await (await call('GET', '/audit/verify')).json()) as { isWhole: boolean };
      expect(report).toMatchObject({ isWhole: true });
      if (active.length === 0) {
        const added = await call('POST', '', { exchange: 'okx', label: 'main', ...(await make()) });
        expect(added.status).toBe(201);
      } else {
        // One active key, and every other was replaced by one that is there.
        expect(active).toHaveLength(1);
        const ids = new Set((await listed()).map(({ id }) => id));
        for (const key of await listed()) expect(key.state === 'active' || ids.has(key.replacedBy ?? '')).toBe(true);
      }
      const [key] = (await listed()).filter(({ state }) => state === 'active');
      const rotation = call('POST', `/${key!.id}/rotate`, await make()).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      process.kill(running.program.pid!, 'SIGKILL');
      await running.program.ended();
      await rotation;
    }
    const last = await stack.service(settings);
    expect(last.url).toContain('http');
  }, 240_000);
});
