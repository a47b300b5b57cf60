import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marketOf, ProbeRig } from './probe-rig.js';

const EVERY_RIGHT = { read: true, trade: true, withdraw: true, transfer: true };

describe('keys of mexc', () => {
  let rig: ProbeRig;

  beforeAll(async () => {
    rig = await ProbeRig.start('mexc');
  });

  afterAll(async () => {
    await rig.close();
  });

  it('are tried with a read of the balance: what the account may do says nothing of the key', async () => {
    for (const key of [rig.make(), rig.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1'] })]) {
      expect(await rig.ask(key)).toMatchObject({
        ...{ ok: true, unsupported: true },
        facts: {
          scopes: { read: true, trade: null, withdraw: null, transfer: null },
          ...{ ipRestricted: null, createdAtMs: null, expiresAtMs: null, label: null },
        },
      });
    }
    expect(rig.paths()).toEqual(['GET /api/v3/account']);
  });

  it('are refused for what they are refused for, and the refusal of an address names ours', async () => {
    const key = rig.make();
    const wrong = { ok: false, code: 'wrong_secret', rawCode: '700002' };
    expect(await rig.ask(key, { secret: 'not the secret' })).toMatchObject(wrong);
    rig.simulator.revokeKey('mexc', key.apiKey);
    expect(await rig.ask(key)).toMatchObject({ ok: false, code: 'revoked', rawCode: '10072' });
    expect(await rig.ask(rig.make({ expiresAtMs: 1 }))).toMatchObject({ ok: false, code: 'expired', rawCode: '402' });
    expect(await rig.ask(rig.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ ok: false, code: 'ip_refused', rawCode: '700006' },
      message: 'IP [127.0.0.1] not in the ip white list',
    });
    expect(await rig.ask(rig.make({ scopes: { read: false } }))).toMatchObject({
      ...{ ok: false, code: 'missing_permission', rawCode: '700007' },
    });
  });

  it('are not blamed for a wrong clock, nor for an exchange that limits or is down', async () => {
    const key = rig.make();
    expect(await rig.askDuring(key, { fault: 'clock', offsetMs: 60_000 })).toMatchObject({
      ...{ code: 'clock_skew', rawCode: '700003' },
    });
    expect(await rig.askDuring(key, { fault: 'rateLimit' })).toMatchObject({ code: 'rate_limited', rawCode: '429' });
    expect(await rig.askDuring(key, { fault: 'maintenance' })).toMatchObject({ code: 'exchange_down', rawCode: '801' });
    expect(await rig.askDuring(key, { fault: 'restFail', status: 502 })).toMatchObject({ code: 'exchange_down' });
  });

  it('read balances, fees and networks', async () => {
    const keyed = rig.signed(rig.make(), [marketOf('BTCUSDT', 'BTC/USDT')]);
    expect(await keyed.fetchBalance()).toMatchObject({ BTC: { free: 0.4182, used: 0.01 } });
    expect(await keyed.fetchTradingFee('BTC/USDT')).toMatchObject({ taker: 0.0005, maker: 0 });
    const currencies = await keyed.fetchCurrencies();
    expect(currencies).toMatchObject({
      USDT: { networks: { TRC20: { deposit: true, withdraw: true, fee: 1 }, ERC20: { fee: 2.4 } } },
    });
  });
});
