import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKey } from '../../src/simulator/index.js';
import { marketOf, ProbeRig } from './probe-rig.js';

const EVERY_RIGHT = { read: true, trade: true, withdraw: true, transfer: true };

describe('keys of gemini', () => {
  let rig: ProbeRig;

  beforeAll(async () => {
    rig = await ProbeRig.start('gemini');
  });

  afterAll(async () => {
    await rig.close();
  });

  it('are read by their roles, and nothing is said of what is not told', async () => {
    expect(await rig.ask(rig.make())).toMatchObject({
      ok: true,
      facts: {
        scopes: { read: true, trade: false, withdraw: false, transfer: false },
        ...{ ipRestricted: null, ipList: null, createdAtMs: null, expiresAtMs: null, lastUsedAtMs: null, label: null },
        sources: { withdraw: 'POST /v1/roles' },
      },
    });
    expect(await rig.ask(rig.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1'] }))).toMatchObject({
      facts: { scopes: EVERY_RIGHT, evidence: { withdraw: 'isFundManager: true', trade: 'isTrader: true' } },
    });
    expect(await rig.ask(rig.make({ scopes: { read: false } }))).toMatchObject({ facts: { scopes: { read: false } } });
    expect(rig.paths()).toEqual(['POST /v1/roles']);
  });

  it('tell the newest login and withdrawal of the account', async () => {
    const key = rig.make();
    const sinceMs = Date.now() + 60_000;
    expect(await rig.ask(key, {}, { usesSinceMs: sinceMs })).toMatchObject({ facts: { uses: [] } });
    const madeMs = Date.now() - 1_000;
    for (const kind of ['login', 'withdrawal', 'withdrawal'] as const) rig.simulator.useKey('gemini', key.apiKey, kind);
    const result = await rig.ask(key, {}, { usesSinceMs: madeMs });
    expect(result).toMatchObject({
      facts: {
        uses: [
          { kind: 'login', source: 'POST /v1/account', seen: expect.stringMatching(/^lastSignIn: /) },
          { kind: 'withdrawal', source: 'POST /v1/transfers', seen: 'Withdrawal: 0.5 ETH, Complete' },
        ],
      },
    });
  });

  it('are refused for what they are refused for', async () => {
    const key = rig.make();
    expect(await rig.ask(key, { secret: 'not the secret' })).toMatchObject({
      ...{ ok: false, code: 'wrong_secret', rawCode: 'InvalidSignature' },
    });
    rig.simulator.revokeKey('gemini', key.apiKey);
    expect(await rig.ask(key)).toMatchObject({ ok: false, code: 'revoked', rawCode: 'InvalidApiKey' });
    expect(await rig.ask(rig.make({ expiresAtMs: 1 }))).toMatchObject({ ok: false, code: 'revoked' });
    expect(await rig.ask(rig.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ ok: false, code: 'revoked', message: expect.stringMatching(/refusal of an address/) },
    });
  });

  it('are refused for a nonce that does not grow', async () => {
    const key = rig.make();
    expect(await callOfAnother(rig.simulator.url, key, Date.now() + 3_600_000)).toBe(200);
    expect(await rig.ask(key)).toMatchObject({ ok: false, code: 'clock_skew', rawCode: 'InvalidNonce' });
  });

  it('are not blamed for an exchange that limits or is down', async () => {
    const key = rig.make();
    expect(await rig.askDuring(key, { fault: 'rateLimit' })).toMatchObject({ code: 'rate_limited' });
    expect(await rig.askDuring(key, { fault: 'maintenance' })).toMatchObject({ code: 'exchange_down' });
    expect(await rig.askDuring(key, { fault: 'restFail', status: 502 })).toMatchObject({ code: 'exchange_down' });
  });

  it('read balances and fees; without a role they read none, and the answer with the key in it is redacted', async () => {
    const keyed = rig.signed(rig.make(), [marketOf('btcusd', 'BTC/USD')]);
    expect(await keyed.fetchBalance()).toMatchObject({ BTC: { free: 0.4182, total: 0.4282 } });
    expect(await keyed.fetchTradingFees()).toMatchObject({ 'BTC/USD': { taker: 0.003, maker: 0.0015 } });
    const noRole = rig.make({ scopes: { read: false } });
    await expect(rig.signed(noRole).fetchBalance()).rejects.toThrow('which currently has roles');
    expect(rig.calls.calls.at(-1)).toMatchObject({ outcome: 'missing_permission', path: '/v1/balances' });
  });
});

/** Signs a call by itself, as another program with the same key would. */
async function callOfAnother(gateway: string, { apiKey, secret }: ApiKey, nonce: number): Promise<number> {
  const payload = Buffer.from(JSON.stringify({ request: '/v1/roles', nonce: String(nonce) })).toString('base64');
  const response = await fetch(`${gateway}/api.gemini.com/v1/roles`, {
    method: 'POST',
    headers: {
      ...{ 'x-gemini-apikey': apiKey, 'x-gemini-payload': payload },
      'x-gemini-signature': createHmac('sha384', secret).update(payload).digest('hex'),
    },
  });
  return response.status;
}
