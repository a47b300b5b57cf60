import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SignedCall } from '../../src/exchanges/index.js';
import { collect } from '../support/collect.js';
import { keysSuite } from '../support/keys-suite.js';
import { codesOf, keyIn, type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { CREATED_AT_MS, readOnly, refusal } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);

describe('REST /v1/keys', () => {
  beforeEach(async () => {
    service = await startKeysService(suite.database);
  });

  it('adds a key, shows it, and gives it out to sign with', async () => {
    const given = plantedKey('okx');
    const view = await service.add({ ...given, purposes: ['fees'] });
    expect(view).toMatchObject({ exchange: 'okx', label: 'main, read', account: 'main', purposes: ['fees'] });
    expect(view).toMatchObject({ state: 'active', health: 'healthy', findings: [], createdAtMs: CREATED_AT_MS });

    const list = await service.call('GET', '/v1/keys');
    expect(list.json).toEqual({ data: [view], nextCursor: null, hasMore: false });
    expect(keyIn(await service.call('GET', `/v1/keys/${view.id}`))).toEqual(view);

    const credential = await service.credentials.credential('okx', 'fees');
    expect(credential?.keyId).toBe(view.id);
    expect(credential?.apiKey.reveal()).toBe(given['apiKey']);
    expect(credential?.secret?.reveal()).toBe(given['secret']);
    expect(credential?.passphrase?.reveal()).toBe(given['passphrase']);
    expect(await service.credentials.credential('okx', 'balances')).toBeNull();
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
  });

  it('lets nobody in without the token', async () => {
    const { id } = await service.add(plantedKey());
    const calls: [string, string][] = [
      ...([
        ['GET', '/v1/keys'],
        ['POST', '/v1/keys'],
        ['GET', `/v1/keys/${id}`],
      ] as [string, string][]),
      ...([
        ['POST', `/v1/keys/${id}/check`],
        ['POST', `/v1/keys/${id}/disable`],
      ] as [string, string][]),
      ...([
        ['DELETE', `/v1/keys/${id}`],
        ['GET', `/v1/keys/${id}/usage`],
      ] as [string, string][]),
    ];
    for (const [method, target] of calls) {
      const answer = await service.call(method, target, undefined, null);
      expect([method, target, answer.status]).toEqual([method, target, 401]);
    }
    expect(service.shown(id)?.state).toBe('active');
  });

  it('refuses a key that may withdraw, and keeps nothing of it', async () => {
    const given = plantedKey();
    service.probe.answers.set(given['apiKey']!, readOnly({ withdraw: true }));
    const answer = await service.call('POST', '/v1/keys', given);
    expect(answer.json).toMatchObject({ status: 422, code: 'withdrawal_right', field: 'apiKey' });
    expect(answer.json['detail']).toContain('acceptWithdrawal');
    expect(await service.database.query('SELECT id FROM credentials')).toEqual([]);
    const audit = await service.database.query<{ action: string; detail: unknown }>(
      'SELECT action, detail FROM audit_log',
    );
    expect(audit).toEqual([
      {
        action: 'key_refused',
        detail: { exchange: 'binance', label: 'main, read', account: 'main', reason: 'withdrawal_right' },
      },
    ]);
  });

  it.each(['revoked', 'wrong_secret', 'wrong_passphrase', 'expired', 'wrong_environment'] as const)(
    'refuses a key that its exchange refuses as %s',
    async (code) => {
      const given = plantedKey('okx');
      service.probe.answers.set(given['apiKey']!, refusal(code, 'says okx'));
      const answer = await service.call('POST', '/v1/keys', given);
      expect(answer.json).toMatchObject({ status: 422, code: 'key_refused' });
      expect(answer.json['detail']).toContain('says okx');
    },
  );

  it.each([
    ['exchange_down', 'unknown', 'EXCHANGE_UNREACHABLE'],
    ['unknown', 'unknown', 'UNKNOWN_REFUSAL'],
    ['ip_refused', 'critical', 'IP_NOT_ALLOWED'],
  ] as const)('keeps a key when its exchange answers with %s', async (code, health, finding) => {
    const given = plantedKey();
    service.probe.answers.set(given['apiKey']!, refusal(code));
    const view = await service.add(given);
    expect([view.health, codesOf(view)]).toEqual([health, [finding]]);
    service.probe.answers.delete(given['apiKey']!);
    const checked = keyIn(await service.call('POST', `/v1/keys/${view.id}/check`));
    expect([checked.health, codesOf(checked)]).toEqual(['healthy', []]);
  });

  it('keeps a key when the check itself breaks, and tells only the kind of fault', async () => {
    const given = plantedKey();
    service.probe.answers.set(given['apiKey']!, new TypeError(`GET https://x/?signature=${given['secret']!}`));
    const view = await service.add(given);
    expect(view.findings[0]).toMatchObject({ code: 'UNKNOWN_REFUSAL', seen: 'the check failed inside (TypeError)' });
  });

  it('notices the same key twice, also at the same moment', async () => {
    const given = plantedKey();
    const answers = await Promise.all([1, 2, 3].map(() => service.call('POST', '/v1/keys', given)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const again = await service.call('POST', '/v1/keys', { ...given, label: 'again', secret: 'another' });
    expect(again.json).toMatchObject({ status: 409, code: 'duplicate_key', field: 'apiKey' });
    expect(again.json['detail']).toContain('main, read');
    expect(service.feed.snapshot()).toHaveLength(1);
  });

  it('disables and removes a key at once, and writes down both', async () => {
    const changed: string[] = [];
    const subscription = collect(service.credentials.changes$, (exchange) => changed.push(exchange));
    const events: string[] = [];
    subscription.add(collect(service.feed.changes$, ({ event, key }) => events.push(`${event} ${key.health}`)));
    const { id } = await service.add(plantedKey());

    const disabled = keyIn(await service.call('POST', `/v1/keys/${id}/disable`));
    expect([disabled.state, disabled.health]).toEqual(['disabled', 'disabled']);
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
    expect((await service.call('POST', `/v1/keys/${id}/check`)).json).toMatchObject({
      status: 409,
      code: 'key_disabled',
    });

    expect((await service.call('DELETE', `/v1/keys/${id}`)).status).toBe(204);
    expect((await service.call('GET', `/v1/keys/${id}`)).json).toMatchObject({ status: 404, code: 'unknown_key' });
    expect((await service.call('DELETE', `/v1/keys/${id}`)).status).toBe(404);
    expect(await service.database.query('SELECT id FROM credentials')).toEqual([]);
    subscription.unsubscribe();

    expect(changed).toEqual(['binance', 'binance']);
    expect(events).toEqual(['updated healthy', 'updated disabled', 'removed disabled']);
    const audit = await service.database.query<{ action: string; actor: string; key_id: string }>(
      'SELECT action, actor, key_id FROM audit_log ORDER BY at, id',
    );
    expect(audit.map(({ action }) => action)).toEqual(['key_added', 'key_disabled', 'key_removed']);
    expect(audit.every(({ actor, key_id }) => actor === 'admin' && key_id === id)).toBe(true);
  });

  it('hands out the first usable key and turns to the next when that one is refused', async () => {
    const first = await service.add(plantedKey('binance', 'first'));
    const second = await service.add(plantedKey('binance', 'second'));
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(first.id);
    const changed: string[] = [];
    const subscription = collect(service.credentials.changes$, (exchange) => changed.push(exchange));
    service.probe.answers.set(service.probe.asked[0]!, refusal('revoked'));
    service.calls.record(signedCall(first.id, 'revoked', Date.now()));
    await waitFor('the vault turns to the next key', () => changed.length > 0);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(second.id);
    subscription.unsubscribe();
  });

  it('pages through the usage of a key, newest first', async () => {
    const { id } = await service.add(plantedKey());
    const t = 1_795_000_000_000;
    for (let i = 0; i < 25; i++) {
      service.calls.record(
        signedCall(id, 'ok', t + Math.floor(i / 2) + 0.25, `/api/v3/call-${i}?signature=abc&timestamp=1`),
      );
    }
    service.calls.record(signedCall('other-key', 'ok', t));
    await waitFor('the calls are stored', () => service.shown(id)?.lastUsedAtMs === t + 12.25);

    const paths: string[] = [];
    let cursor = '';
    do {
      const answer = await service.call('GET', `/v1/keys/${id}/usage?limit=10${cursor && `&cursor=${cursor}`}`);
      const page = answer.json as { data: SignedCall[]; nextCursor: string | null; hasMore: boolean };
      expect(page.hasMore).toBe(page.nextCursor !== null);
      paths.push(...page.data.map((call) => call.path));
      expect(page.data[0]).toMatchObject({ method: 'GET', outcome: 'ok', durationMs: 12.5 });
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    expect(paths).toEqual(Array.from({ length: 25 }, (_, i) => `/api/v3/call-${24 - i}`));
    expect((await service.call('GET', `/v1/keys/${id}`)).json['lastUsedAtMs']).toBe(t + 12.25);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=nonsense', 'from=x', 'outcome=good', 'page=1'])(
    'refuses the usage query %s',
    async (query) => {
      const { id } = await service.add(plantedKey());
      const answer = await service.call('GET', `/v1/keys/${id}/usage?${query}`);
      expect(answer.json).toMatchObject({ status: 400, code: 'bad_query', field: query.split('=')[0] });
    },
  );

  it('turns a key red at its first refused call, and back when the exchange vouches for it', async () => {
    const given = plantedKey();
    const { id } = await service.add(given);
    const healths: string[] = [];
    const subscription = collect(service.feed.changes$, ({ key }) => healths.push(key.health));
    const before = Date.now();
    service.calls.record(signedCall(id, 'revoked', before));
    expect(service.shown(id)).toMatchObject({ health: 'critical' });
    expect(service.shown(id)?.findings[0]).toMatchObject({
      code: 'AUTH_FAILED',
      sinceMs: before,
      seen: 'GET /api/v3/account was refused: revoked',
    });
    await waitFor('the exchange is asked again', () => service.shown(id)?.health === 'healthy');
    expect(healths.filter((health, at) => health !== healths[at - 1])).toEqual(['critical', 'healthy']);
    subscription.unsubscribe();
  });

  it.each(['exchange_down', 'rate_limited', 'clock_skew', 'unknown'] as const)(
    'leaves the verdict alone when a signed call ends with %s',
    async (outcome) => {
      const view = await service.add(plantedKey());
      service.calls.record(signedCall(view.id, outcome, Date.now()));
      expect(service.shown(view.id)).toEqual(view);
    },
  );
});
