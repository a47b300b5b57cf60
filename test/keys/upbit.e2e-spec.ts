import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marketOf, ProbeRig } from './probe-rig.js';

const YEAR_MS = 365 * 86_400_000;

describe('keys of upbit', () => {
  let rig: ProbeRig;

  beforeAll(async () => {
    rig = await ProbeRig.start('upbit');
  });

  afterAll(async () => {
    await rig.close();
  });

  it('are found among all keys of the account; their end is told, their rights are not', async () => {
    const key = rig.make();
    const result = await rig.ask(key);
    const endsMs = Math.floor((key.createdAtMs + YEAR_MS) / 1_000) * 1_000;
    expect(result).toMatchObject({
      ok: true,
      facts: {
        scopes: { read: true, trade: null, withdraw: null, transfer: null },
        ...{
          ipRestricted: null,
          ipList: null,
          createdAtMs: null,
          expiresAtMs: endsMs,
          lastUsedAtMs: null,
          label: null,
        },
        evidence: { expires: expect.stringMatching(/^expire_at: .*\+09:00$/) },
        sources: { expires: 'GET /v1/api_keys', read: 'GET /v1/accounts' },
      },
    });
    expect(result).not.toHaveProperty('unsupported');
    expect(rig.paths()).toEqual(['GET /v1/api_keys', 'GET /v1/accounts']);
  });

  it('that may not read keep their end: the refusal is a fact', async () => {
    const endsAt = Date.now() + 86_400_000;
    expect(await rig.ask(rig.make({ scopes: { read: false }, expiresAtMs: endsAt }))).toMatchObject({
      ok: true,
      facts: {
        scopes: { read: false },
        expiresAtMs: Math.floor(endsAt / 1_000) * 1_000,
        evidence: { read: 'a read of the balance was refused: out_of_scope' },
      },
    });
  });

  it('are refused for what they are refused for', async () => {
    const key = rig.make();
    const wrong = { ok: false, code: 'wrong_secret', rawCode: 'jwt_verification' };
    expect(await rig.ask(key, { secret: 'not the secret' })).toMatchObject(wrong);
    rig.simulator.revokeKey('upbit', key.apiKey);
    expect(await rig.ask(key)).toMatchObject({ ok: false, code: 'revoked', rawCode: 'invalid_access_key' });
    expect(await rig.ask(rig.make({ expiresAtMs: 1 }))).toMatchObject({
      ...{ ok: false, code: 'expired', rawCode: 'expired_access_key' },
    });
    expect(await rig.ask(rig.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ ok: false, code: 'ip_refused', rawCode: 'no_authorization_ip' },
    });
    expect(await rig.ask(rig.make({ ipList: ['127.0.0.1'] }))).toMatchObject({ ok: true });
  });

  it('sign no time, so that a wrong clock does them no harm', async () => {
    expect(await rig.askDuring(rig.make(), { fault: 'clock', offsetMs: 600_000 })).toMatchObject({ ok: true });
  });

  it('are not blamed for an exchange that limits or is down, nor for an answer that fails half-way', async () => {
    const key = rig.make();
    expect(await rig.askDuring(key, { fault: 'rateLimit' })).toMatchObject({
      ...{ code: 'rate_limited', rawCode: 'too_many_requests' },
    });
    expect(await rig.askDuring(key, { fault: 'maintenance' })).toMatchObject({ code: 'exchange_down' });
    expect(await rig.askDuring(key, { fault: 'restFail', path: '/v1/accounts' })).toMatchObject({
      ...{ ok: false, code: 'exchange_down' },
    });
  });

  it('read balances and fees, whose query is signed too', async () => {
    const keyed = rig.signed(rig.make(), [marketOf('KRW-BTC', 'BTC/KRW')]);
    expect(await keyed.fetchBalance()).toMatchObject({ BTC: { free: 0.4182, used: 0.01 } });
    expect(await keyed.fetchTradingFee('BTC/KRW')).toMatchObject({ taker: 0.0005, maker: 0.0005 });
  });
});
