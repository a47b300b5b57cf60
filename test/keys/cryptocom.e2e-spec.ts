import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marketOf, ProbeRig } from './probe-rig.js';

const EVERY_RIGHT = { read: true, trade: true, withdraw: true, transfer: true };

describe('keys of crypto.com', () => {
  let rig: ProbeRig;

  beforeAll(async () => {
    rig = await ProbeRig.start('cryptocom');
  });

  afterAll(async () => {
    await rig.close();
  });

  it('are tried with a read of the balance, and their rights stay unknown', async () => {
    for (const key of [rig.make(), rig.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1'] })]) {
      expect(await rig.ask(key)).toMatchObject({
        ...{ ok: true, unsupported: true },
        facts: { scopes: { read: true, trade: null, withdraw: null, transfer: null }, ipRestricted: null },
      });
    }
    expect(rig.paths()).toEqual(['POST /exchange/v1/private/user-balance']);
  });

  it('are refused; three causes look alike, and the message says so', async () => {
    const key = rig.make();
    const alike = { ok: false, code: 'revoked', rawCode: '40101', message: expect.stringMatching(/answers the same/) };
    expect(await rig.ask(key, { secret: 'not the secret' })).toMatchObject(alike);
    expect(await rig.ask(rig.make({ scopes: { read: false } }))).toMatchObject(alike);
    expect(await rig.ask(rig.make({ expiresAtMs: 1 }))).toMatchObject(alike);
    rig.simulator.revokeKey('cryptocom', key.apiKey);
    expect(await rig.ask(key)).toMatchObject(alike);
    expect(await rig.ask(rig.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ ok: false, code: 'ip_refused', rawCode: '40103' },
    });
  });

  it('are not blamed for a wrong clock, nor for an exchange that limits or is down', async () => {
    const key = rig.make();
    expect(await rig.askDuring(key, { fault: 'clock', offsetMs: 90_000 })).toMatchObject({
      ...{ code: 'clock_skew', rawCode: '40102' },
    });
    expect(await rig.askDuring(key, { fault: 'rateLimit' })).toMatchObject({ code: 'rate_limited', rawCode: '42901' });
    expect(await rig.askDuring(key, { fault: 'maintenance' })).toMatchObject({
      ...{ code: 'exchange_down', rawCode: '9010001' },
    });
    expect(await rig.askDuring(key, { fault: 'restFail', status: 502 })).toMatchObject({ code: 'exchange_down' });
  });

  it('read balances, fees and networks', async () => {
    const keyed = rig.signed(rig.make(), [marketOf('BTC_USDT', 'BTC/USDT')]);
    expect(await keyed.fetchBalance()).toMatchObject({ BTC: { free: 0.4182, total: 0.4282 } });
    expect(await keyed.fetchTradingFees()).toMatchObject({ 'BTC/USDT': { taker: 0.005, maker: 0.0025 } });
    expect(await keyed.fetchTradingFee('BTC/USDT')).toMatchObject({ taker: 0.005 });
    expect(await keyed.fetchCurrencies()).toMatchObject({
      BTC: { networks: { BTC: { withdraw: true, fee: 0.0002 } } },
    });
  });
});
