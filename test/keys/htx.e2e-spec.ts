import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVERY_RIGHT, ProbeDesk, READ_ONLY } from './probe-desk.js';

const DAY_MS = 86_400_000;

describe('keys of htx', () => {
  let desk: ProbeDesk;

  beforeAll(async () => {
    desk = await ProbeDesk.open('htx');
  });

  afterAll(async () => {
    await desk.close();
    expect(desk.leaks()).toEqual([]);
  });

  it('tells rights, name, creation and end of a reading key that is bound to nothing', async () => {
    const key = desk.make({ scopes: READ_ONLY, label: 'watch' });
    const result = await desk.ask(key);
    expect(result).toMatchObject({
      ok: true,
      facts: {
        scopes: READ_ONLY,
        ...{ ipRestricted: false, ipList: [], label: 'watch', createdAtMs: Math.floor(key.createdAtMs) },
        evidence: { withdraw: 'permission: readOnly', ip: 'ipAddresses: none', label: 'note: watch' },
        sources: { withdraw: 'GET /v2/user/api-key' },
      },
    });
    const endsAtMs = result.ok ? result.facts.expiresAtMs : null;
    expect(endsAtMs).toBeGreaterThan(key.createdAtMs + 87 * DAY_MS);
    expect(endsAtMs).toBeLessThanOrEqual(key.createdAtMs + 90 * DAY_MS);
  });

  it('tells every right of a key and the addresses that it is bound to, which give it no end', async () => {
    expect(await desk.ask(desk.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1'] }))).toMatchObject({
      ok: true,
      facts: {
        ...{ scopes: EVERY_RIGHT, ipRestricted: true, ipList: ['127.0.0.1'], expiresAtMs: null },
        evidence: { trade: 'permission: trade,readOnly,withdraw', expires: 'validDays: -1' },
      },
    });
  });

  it('tells each refusal apart, and our own address, although the first answer says no more than that', async () => {
    const key = desk.make();
    const refused = (detail: string): string => `api-signature-not-valid: ${detail}`;
    expect(await desk.ask(key, { secret: 'ffffffff-ffffffff-ffffffff-fffff' })).toMatchObject({
      ...{ ok: false, code: 'wrong_secret', rawCode: refused('Verification failure') },
    });
    desk.simulator.revokeKey('htx', key.apiKey);
    expect(await desk.ask(key)).toMatchObject({ code: 'revoked', rawCode: refused('Incorrect Access key') });
    expect(await desk.ask(desk.make({ ipList: ['203.0.113.7'] }))).toMatchObject({
      ...{ code: 'ip_refused', rawCode: refused('Incorrect IP address') },
      message: expect.stringContaining('127.0.0.1'),
    });
    expect(await desk.ask(desk.make({ scopes: { read: false, trade: true } }))).toMatchObject({
      ...{ code: 'missing_permission', rawCode: refused('API key has no permission') },
    });
    // htx has no answer of its own to a key that has run out, as far as is known.
    expect(await desk.ask(desk.make({ expiresAtMs: 1 }))).toMatchObject({ code: 'revoked' });
    const outcomes = desk.calls.calls.filter(({ path }) => path === '/v2/user/uid').map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'wrong_secret', 'missing_permission']));
  });

  it('never blames a key for the clock, the limits and the exchange itself', async () => {
    const { simulator } = desk;
    const key = desk.make();
    simulator.injectFault({ exchange: 'htx', fault: 'clock', offsetMs: 900_000 });
    expect(await desk.ask(key)).toMatchObject({
      ...{ code: 'clock_skew', rawCode: 'api-signature-not-valid: Invalid submission time' },
    });
    simulator.injectFault({ exchange: 'htx', fault: 'clear' });
    simulator.injectFault({ exchange: 'htx', fault: 'rateLimit', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({
      ...{ code: 'rate_limited', rawCode: 'base-request-exceed-frequency-limit' },
    });
    simulator.injectFault({ exchange: 'htx', fault: 'clear' });
    simulator.injectFault({ exchange: 'htx', fault: 'restFail', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'exchange_down', rawCode: 'system-maintenance' });
    simulator.injectFault({ exchange: 'htx', fault: 'clear' });
    expect(await desk.ask(key)).toMatchObject({ ok: true });
  });

  it('tells the newest order and withdrawal that were made on the account since a time', async () => {
    const key = desk.make();
    const usesSinceMs = Date.now() - 60_000;
    expect(await desk.ask(key, {}, { usesSinceMs })).toMatchObject({ ok: true, facts: { uses: [] } });
    for (const kind of ['order', 'order', 'withdrawal'] as const) desk.simulator.useKey('htx', key.apiKey, kind);
    expect(await desk.ask(key, {}, { usesSinceMs })).toMatchObject({
      facts: {
        uses: [
          { kind: 'order', seen: 'sell-market btcusdt, source: spot-web', source: 'GET /v1/order/history' },
          { kind: 'withdrawal', seen: '400 usdt, state: confirmed' },
        ],
      },
    });
    expect(await desk.ask(key, {}, { usesSinceMs: Date.now() + 60_000 })).toMatchObject({ facts: { uses: [] } });
  });

  it("reads the account's own fees and balances", async () => {
    const { takerFeeBps, free } = await desk.account(desk.make());
    expect([takerFeeBps, free.free]).toEqual([20, 12_540.22]);
  }, 30_000);
});
