import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKey } from '../../src/simulator/index.js';
import { EVERY_RIGHT, ProbeDesk, READ_ONLY } from './probe-desk.js';

describe('keys of bitfinex', () => {
  let desk: ProbeDesk;

  /** What a program that counts its nonces in microseconds does with a key. */
  const useElsewhere = async (key: ApiKey): Promise<number> => {
    const path = '/v2/auth/r/wallets';
    const nonce = String(Date.now() * 1_000);
    const signature = createHmac('sha384', key.secret).update(`/api${path}${nonce}{}`).digest('hex');
    const headers = { 'bfx-apikey': key.apiKey, 'bfx-nonce': nonce, 'bfx-signature': signature };
    const url = `${desk.simulator.url}/api.bitfinex.com${path}`;
    return (await fetch(url, { method: 'POST', headers, body: '{}' })).status;
  };

  beforeAll(async () => {
    desk = await ProbeDesk.open('bitfinex');
  });

  afterAll(async () => {
    await desk.close();
    expect(desk.leaks()).toEqual([]);
  });

  it('tells that a reading key reads and nothing else, and nothing of addresses, name and age', async () => {
    expect(await desk.ask(desk.make({ scopes: READ_ONLY, label: 'watch', ipList: ['127.0.0.1'] }))).toMatchObject({
      ok: true,
      facts: {
        scopes: READ_ONLY,
        ...{ ipRestricted: null, ipList: null, label: null, createdAtMs: null, expiresAtMs: null, lastUsedAtMs: null },
        evidence: { withdraw: 'withdraw: read 0, write 0; ui_withdraw: read 0, write 0' },
        sources: { withdraw: 'POST /v2/auth/r/permissions' },
      },
    });
  });

  it('tells every right of a key', async () => {
    expect(await desk.ask(desk.make({ scopes: EVERY_RIGHT }))).toMatchObject({ facts: { scopes: EVERY_RIGHT } });
    const scopes = { read: true, trade: false, withdraw: false, transfer: true };
    expect(await desk.ask(desk.make({ scopes }))).toMatchObject({ ok: true, facts: { scopes } });
  });

  it('tells refusals apart as far as bitfinex does', async () => {
    const key = desk.make();
    expect(await desk.ask(key, { secret: 'x'.repeat(43) })).toMatchObject({
      ...{ ok: false, code: 'wrong_secret', rawCode: '10100: digest invalid', message: 'apikey: digest invalid' },
    });
    desk.simulator.revokeKey('bitfinex', key.apiKey);
    const ambiguous = expect.stringMatching(/^apikey: invalid \(.*address that is not allowed\)$/);
    const refused = { ok: false, code: 'revoked', rawCode: '10100', message: ambiguous };
    expect(await desk.ask(key)).toMatchObject(refused);
    expect(await desk.ask(desk.make({ ipList: ['203.0.113.7'] }))).toMatchObject(refused);
    expect(await desk.ask(desk.make({ expiresAtMs: 1 }))).toMatchObject(refused);
    const shared = desk.make();
    expect(await useElsewhere(shared)).toBe(200);
    expect(await desk.ask(shared)).toMatchObject({
      ...{ code: 'clock_skew', rawCode: '10114', message: expect.stringContaining('another program') },
    });
  });

  it('never blames a key for the limits and the exchange itself', async () => {
    const { simulator } = desk;
    const key = desk.make();
    simulator.injectFault({ exchange: 'bitfinex', fault: 'rateLimit', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'rate_limited', rawCode: '11010', message: 'ratelimit: error' });
    simulator.injectFault({ exchange: 'bitfinex', fault: 'clear' });
    simulator.injectFault({ exchange: 'bitfinex', fault: 'restFail', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'exchange_down', rawCode: 'temporarily_unavailable' });
    simulator.injectFault({ exchange: 'bitfinex', fault: 'clear' });
    expect(await desk.ask(key)).toMatchObject({ ok: true });
  });

  it('tells the newest login, order, withdrawal and transfer since a time', async () => {
    const key = desk.make();
    const usesSinceMs = Date.now() - 60_000;
    expect(await desk.ask(key, {}, { usesSinceMs })).toMatchObject({ ok: true, facts: { uses: [] } });
    for (const kind of ['login', 'login', 'order', 'withdrawal', 'transfer'] as const) {
      desk.simulator.useKey('bitfinex', key.apiKey, kind);
    }
    expect(await desk.ask(key, {}, { usesSinceMs })).toMatchObject({
      facts: {
        uses: [
          { kind: 'login', seen: 'IP: 198.51.100.4', source: 'POST /v2/auth/r/logins/hist' },
          { kind: 'order', seen: 'EXCHANGE MARKET tBTCUST: -0.01' },
          { kind: 'withdrawal', seen: '-400 UST, COMPLETED' },
          { kind: 'transfer', seen: expect.stringMatching(/^Transfer of 100/) },
        ],
      },
    });
    expect(await desk.ask(key, {}, { usesSinceMs: Date.now() + 60_000 })).toMatchObject({ facts: { uses: [] } });
  }, 20_000);

  it('keeps what it knows of a key that may not read what was done', async () => {
    const key = desk.make({ scopes: { read: false, trade: true } });
    expect(await desk.ask(key, {}, { usesSinceMs: 1 })).toMatchObject({
      ok: true,
      facts: { scopes: { read: false, trade: true }, uses: [] },
    });
    expect(desk.calls.calls.at(-1)).toMatchObject({ path: '/v2/auth/r/ledgers/hist', outcome: 'missing_permission' });
  }, 20_000);

  it("reads the account's own fees and balances", async () => {
    const { takerFeeBps, free } = await desk.account(desk.make());
    expect([takerFeeBps, free.free]).toEqual([20, 12_540.22]);
  }, 30_000);
});
