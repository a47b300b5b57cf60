import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marketOf, ProbeRig } from './probe-rig.js';

const EVERY_RIGHT = { read: true, trade: true, withdraw: true, transfer: true };

describe('keys of deribit', () => {
  let rig: ProbeRig;

  beforeAll(async () => {
    rig = await ProbeRig.start('deribit');
  });

  afterAll(async () => {
    await rig.close();
  });

  it('are found among all keys of the account, and read by their scope', async () => {
    const key = rig.make({ label: 'watch' });
    const result = await rig.ask(key);
    expect(result).toMatchObject({
      ok: true,
      facts: {
        scopes: { read: true, trade: false, withdraw: false, transfer: false },
        ...{ ipRestricted: false, ipList: [], label: 'watch', createdAtMs: Math.floor(key.createdAtMs) },
        ...{ expiresAtMs: null, lastUsedAtMs: null },
        evidence: { withdraw: 'max_scope: account:read block_trade:read trade:read wallet:read' },
        sources: { withdraw: 'GET private/list_api_keys' },
      },
    });
    expect(await rig.ask(rig.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1'] }))).toMatchObject({
      facts: { scopes: EVERY_RIGHT, ipRestricted: true, ipList: ['127.0.0.1'] },
    });
    expect(rig.paths()).toEqual(['GET /api/v2/private/list_api_keys']);
  });

  it('never let out the secrets that the exchange lists with them', async () => {
    const key = rig.make();
    const keyed = rig.signed(key) as unknown as { privateGetListApiKeys: () => Promise<unknown> };
    const raw = JSON.stringify(await keyed.privateGetListApiKeys());
    expect(raw).toContain(key.secret);
    expect(raw).toContain('secret-of-another-key');
    const told = JSON.stringify(await rig.ask(key));
    expect(told).not.toContain(key.secret);
    expect(told).not.toContain('secret-of-another-key');
  });

  it('tell the newest login of the account', async () => {
    const key = rig.make();
    const usesSinceMs = Date.now() - 1_000;
    expect(await rig.ask(key, {}, { usesSinceMs })).toMatchObject({ facts: { uses: [] } });
    for (const kind of ['login', 'login', 'order'] as const) rig.simulator.useKey('deribit', key.apiKey, kind);
    const source = 'GET private/get_access_log';
    const seen = 'success from 198.51.100.23, Amsterdam, Netherlands';
    const result = await rig.ask(key, {}, { usesSinceMs });
    expect(result).toMatchObject({ facts: { uses: [{ kind: 'login', source, seen }] } });
    expect(await rig.ask(key, {}, { usesSinceMs: Date.now() + 60_000 })).toMatchObject({ facts: { uses: [] } });
  });

  it('are refused for what they are refused for', async () => {
    const key = rig.make();
    const wrong = { ok: false, code: 'wrong_secret', rawCode: '13009' };
    expect(await rig.ask(key, { secret: 'not the secret' })).toMatchObject(wrong);
    rig.simulator.revokeKey('deribit', key.apiKey);
    expect(await rig.ask(key)).toMatchObject({ ok: false, code: 'revoked', rawCode: '13004' });
    expect(await rig.ask(rig.make({ expiresAtMs: 1 }))).toMatchObject({ ok: false, code: 'revoked' });
    expect(await rig.ask(rig.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ ok: false, code: 'revoked', message: expect.stringMatching(/from an address that is not allowed/) },
    });
    expect(await rig.ask(rig.make({ scopes: { read: false } }))).toMatchObject({
      ...{ ok: false, code: 'missing_permission', rawCode: '13021' },
    });
  });

  it('are refused alike for a clock that is wrong, and the message says so', async () => {
    const result = await rig.askDuring(rig.make(), { fault: 'clock', offsetMs: 120_000 });
    expect(result).toMatchObject({ rawCode: '13009', message: expect.stringMatching(/a clock that is wrong/) });
    expect(await rig.askDuring(rig.make(), { fault: 'clock', offsetMs: 30_000 })).toMatchObject({ ok: true });
  });

  it('are not blamed for an exchange that limits or is down', async () => {
    const key = rig.make();
    expect(await rig.askDuring(key, { fault: 'rateLimit' })).toMatchObject({ code: 'rate_limited', rawCode: '10028' });
    expect(await rig.askDuring(key, { fault: 'maintenance' })).toMatchObject({
      ...{ code: 'exchange_down', rawCode: '11051' },
    });
    expect(await rig.askDuring(key, { fault: 'restFail', status: 502 })).toMatchObject({ code: 'exchange_down' });
  });

  it('read balances and fees', async () => {
    const contract = { type: 'swap', spot: false, swap: true, contract: true, settle: 'BTC', settleId: 'BTC' };
    const keyed = rig.signed(rig.make(), [
      marketOf('BTC_USDC', 'BTC/USDC'),
      marketOf('BTC-PERPETUAL', 'BTC/USD', { ...contract, symbol: 'BTC/USD:BTC' }),
    ]);
    expect(await keyed.fetchBalance()).toMatchObject({ BTC: { free: 0.4182, total: 0.4282 } });
    expect(await keyed.fetchTradingFees()).toMatchObject({ 'BTC/USD:BTC': { taker: 0.0005 } });
  });
});
