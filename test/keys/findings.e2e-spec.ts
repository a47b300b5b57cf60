import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT_EXCHANGES, type AccountExchange, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { findingsOf, OUR_ADDRESS, type WatchedKey, WatchedKeys } from './watched-keys.js';
import { waitFor } from '../support/wait-for.js';

const DAY_MS = 86_400_000;
const ELSEWHERE = '203.0.113.9';

let database: TestDatabase;
let simulator: Simulator;
let keys: WatchedKeys;

beforeAll(async () => {
  database = (await databaseByUrl()) ?? embeddedDatabase();
  simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'], tickMs: 1_000 });
  keys = await WatchedKeys.start(database, simulator, { acceptWithdrawal: true });
}, 120_000);
afterEach(() => {
  for (const exchange of ACCOUNT_EXCHANGES) simulator.injectFault({ exchange, fault: 'clear' });
});
afterAll(async () => {
  await keys.service.stop();
  await simulator.close();
  await database.remove();
});

const change = ({ exchange, made }: WatchedKey, what: Parameters<Simulator['changeKey']>[2]): boolean =>
  simulator.changeKey(exchange, made.apiKey, what);

describe.each(ACCOUNT_EXCHANGES)('a key of %s', (exchange: AccountExchange) => {
  it('that reads only, from our address, is healthy', async () => {
    const key = await keys.add(exchange);
    expect(keys.service.shown(key.id)).toMatchObject({ health: 'healthy', findings: [] });
    expect(await keys.found(key)).toEqual([]);
  });

  it('shows that it may trade now, until it may not', async () => {
    const key = await keys.add(exchange);
    change(key, { scopes: { trade: true } });
    const found = await keys.check(key);
    expect(found.health).toBe('critical');
    // At okx moving money between the parts of an account belongs to the right to trade.
    const transfer = exchange === 'okx' ? ['TRANSFER_ENABLED warning'] : [];
    expect(findingsOf(found)).toEqual(['PERMISSIONS_CHANGED critical', 'TRADE_ENABLED warning', ...transfer]);
    expect(found.findings[0]?.seen).toContain('trade: false before, true now');
    expect(await keys.found(key)).toContain('PERMISSIONS_CHANGED critical');
    change(key, { scopes: { trade: false } });
    expect(await keys.check(key)).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('that may withdraw now stays red, and an acknowledged change is the new measure', async () => {
    const key = await keys.add(exchange);
    change(key, { scopes: { withdraw: true } });
    expect(await keys.found(key)).toEqual(['PERMISSIONS_CHANGED critical', 'WITHDRAW_ENABLED critical']);
    expect(findingsOf(await keys.acknowledge(key))).toEqual(['WITHDRAW_ENABLED critical']);
    expect(await keys.found(key)).toEqual(['WITHDRAW_ENABLED critical']);
    change(key, { scopes: { withdraw: false } });
    expect(await keys.found(key)).toEqual(['PERMISSIONS_CHANGED info']);
    expect(await keys.acknowledge(key)).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('shows that its addresses changed, where they are told', async () => {
    const key = await keys.add(exchange);
    change(key, { ipList: [OUR_ADDRESS, ELSEWHERE] });
    expect(await keys.found(key)).toEqual(exchange === 'binance' ? [] : ['IP_LIST_CHANGED critical']);
    change(key, { ipList: [] });
    expect(await keys.found(key)).toEqual(['IP_LIST_CHANGED critical', 'NO_IP_RESTRICTION warning']);
    change(key, { ipList: [OUR_ADDRESS] });
    expect(await keys.check(key)).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('shows that our address is refused, in the words of the exchange, until it is not', async () => {
    const key = await keys.add(exchange);
    change(key, { ipList: [ELSEWHERE] });
    const refused = await keys.check(key);
    expect(refused.health).toBe('critical');
    const isPlain = exchange === 'okx' || exchange === 'bybit';
    expect(findingsOf(refused)).toContain(isPlain ? 'IP_NOT_ALLOWED critical' : 'AUTH_FAILED critical');
    // okx names our address in its refusal.
    if (exchange === 'okx') expect(refused.findings[0]?.seen).toContain(`this machine is seen as ${OUR_ADDRESS}`);
    change(key, { ipList: [OUR_ADDRESS] });
    expect(await keys.check(key)).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('shows its coming end and its end', async () => {
    const key = await keys.add(exchange);
    change(key, { expiresAtMs: Date.now() + 5 * DAY_MS });
    expect(await keys.found(key)).toEqual(exchange === 'okx' ? [] : ['EXPIRES_SOON warning']);
    change(key, { expiresAtMs: Date.now() - 1_000 });
    expect(await keys.found(key)).toEqual([exchange === 'bybit' ? 'KEY_EXPIRED critical' : 'AUTH_FAILED critical']);
    change(key, { expiresAtMs: null });
    expect(await keys.check(key)).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('turns red at its first refused call after it was revoked, and the check agrees', async () => {
    const key = await keys.add(exchange);
    await keys.sign(key);
    expect(keys.service.shown(key.id)?.health).toBe('healthy');
    simulator.revokeKey(exchange, key.made.apiKey);
    await expect(keys.sign(key)).rejects.toThrow();
    expect(keys.service.shown(key.id)).toMatchObject({ health: 'critical', findings: [{ code: 'AUTH_FAILED' }] });
    expect(await keys.found(key)).toEqual(['AUTH_FAILED critical']);
  });

  it('keeps its health while its exchange is away', async () => {
    const healthy = await keys.add(exchange);
    const open = await keys.add(exchange, { ipList: [] });
    simulator.injectFault({ exchange, fault: 'restFail', status: 502, durationMs: 60_000 });
    expect(await keys.check(healthy)).toMatchObject({
      health: 'healthy',
      findings: [{ code: 'EXCHANGE_UNREACHABLE' }],
    });
    expect(await keys.check(open)).toMatchObject({ health: 'warning' });
    simulator.injectFault({ exchange, fault: 'clear' });
    expect(await keys.check(healthy)).toMatchObject({ health: 'healthy', findings: [] });
  });
});

describe.each(['binance', 'okx', 'bybit'] as const)('a key of %s', (exchange) => {
  it('is not blamed for a clock that is wrong', async () => {
    const key = await keys.add(exchange);
    simulator.injectFault({ exchange, fault: 'clock', offsetMs: 90_000 });
    expect(await keys.found(key)).toEqual(['CLOCK_SKEW warning']);
    simulator.injectFault({ exchange, fault: 'clear' });
    expect(await keys.check(key)).toMatchObject({ health: 'healthy', findings: [] });
  });
});

describe('an address of ours that an exchange told', () => {
  it('is missed on the list of another key before it is refused, and named', async () => {
    const refused = await keys.add('okx');
    change(refused, { ipList: [ELSEWHERE] });
    await keys.check(refused);
    const open = await keys.add('okx', { ipList: [] });
    const [finding] = keys.service.shown(open.id)?.findings ?? [];
    expect(finding).toMatchObject({ code: 'NO_IP_RESTRICTION' });
    expect(finding?.remedy).toContain(OUR_ADDRESS);
  });
});

describe('a key that is offered twice', () => {
  it('is refused, and the stored one tells of it for a day', async () => {
    const key = await keys.add('okx');
    const { apiKey, secret, passphrase } = key.made;
    const again = { exchange: 'okx', label: 'once more', apiKey, secret, passphrase };
    expect((await keys.service.call('POST', '/v1/keys', again)).json).toMatchObject({ status: 409 });
    const shown = keys.service.shown(key.id);
    expect(shown).toMatchObject({ health: 'healthy', findings: [{ code: 'DUPLICATE_KEY', severity: 'info' }] });
    expect(shown?.findings[0]?.seen).toContain('offered again as "once more" (admin)');
    const audit = await keys.service.database.query<{ detail: unknown }>(
      `SELECT detail FROM audit_log WHERE action = 'key_refused' AND key_id = $1`,
      [key.id],
    );
    expect(audit).toMatchObject([{ detail: { label: 'once more', reason: 'duplicate_key' } }]);
    expect(await keys.acknowledge(key)).toMatchObject({ findings: [] });
  });
});

describe('the checks of a key', () => {
  it('are kept with what they found, newest first, page by page', async () => {
    const key = await keys.add('okx');
    change(key, { scopes: { trade: true } });
    await keys.check(key);
    simulator.revokeKey('okx', key.made.apiKey);
    await keys.check(key);
    const page = async (query: string): Promise<{ data: Record<string, unknown>[]; nextCursor: string | null }> =>
      (await keys.service.call('GET', `/v1/keys/${key.id}/checks?${query}`)).json as never;
    await waitFor('the checks are stored', async () => (await page('')).data.length === 3);
    const first = await page('limit=2');
    expect(first.data).toMatchObject([
      { outcome: 'revoked', rawCode: '50119', health: 'critical', findings: ['AUTH_FAILED'], facts: null },
      { outcome: 'ok', rawCode: null, health: 'critical', facts: { scopes: { trade: true } } },
    ]);
    const second = await page(`limit=2&cursor=${first.nextCursor ?? ''}`);
    expect(second).toMatchObject({ data: [{ outcome: 'ok', health: 'healthy', findings: [] }], nextCursor: null });
    const bad = await keys.service.call('GET', `/v1/keys/${key.id}/checks?cursor=nonsense`);
    expect(bad.json).toMatchObject({ status: 400, field: 'cursor' });
    const unknown = await keys.service.call('GET', '/v1/keys/nobody/checks');
    expect(unknown.json).toMatchObject({ status: 404, code: 'unknown_key' });
  });

  it('are told and acknowledged to nobody without the token, and acknowledging leaves a trace', async () => {
    const key = await keys.add('bybit');
    for (const [method, path] of [
      ['GET', 'checks'],
      ['POST', 'acknowledge'],
    ] as const) {
      expect((await keys.service.call(method, `/v1/keys/${key.id}/${path}`, undefined, null)).status).toBe(401);
    }
    expect((await keys.service.call('POST', '/v1/keys/nobody/acknowledge')).json).toMatchObject({ status: 404 });
    change(key, { scopes: { trade: true } });
    await keys.check(key);
    await keys.acknowledge(key);
    await keys.acknowledge(key); // Nothing is left to acknowledge.
    const audit = await keys.service.database.query(
      `SELECT actor, detail FROM audit_log WHERE action = 'key_acknowledged' AND key_id = $1`,
      [key.id],
    );
    expect(audit).toMatchObject([{ actor: 'admin', detail: { findings: [{ code: 'PERMISSIONS_CHANGED' }] } }]);
  });
});
