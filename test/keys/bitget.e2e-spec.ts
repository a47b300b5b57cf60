import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVERY_RIGHT, ProbeDesk, READ_ONLY } from './probe-desk.js';

describe('keys of bitget', () => {
  let desk: ProbeDesk;

  beforeAll(async () => {
    desk = await ProbeDesk.open('bitget');
  });

  afterAll(async () => {
    await desk.close();
    expect(desk.leaks()).toEqual([]);
  });

  it('tells that a reading key reads and nothing else, from anywhere', async () => {
    expect(await desk.ask(desk.make({ scopes: READ_ONLY }))).toMatchObject({
      ok: true,
      facts: {
        scopes: READ_ONLY,
        ...{ ipRestricted: false, ipList: [], createdAtMs: null, expiresAtMs: null, lastUsedAtMs: null, label: null },
        evidence: { withdraw: 'authorities: stor, wtor', ip: 'ips: none' },
        sources: { withdraw: 'GET /api/v2/spot/account/info' },
      },
    });
  });

  it('tells every right of a key and the addresses that it is bound to', async () => {
    const key = desk.make({ scopes: EVERY_RIGHT, ipList: ['127.0.0.1', '203.0.113.7'] });
    expect(await desk.ask(key)).toMatchObject({
      ok: true,
      facts: { scopes: EVERY_RIGHT, ipRestricted: true, ipList: ['127.0.0.1', '203.0.113.7'] },
    });
  });

  it('tells each refusal apart by its code', async () => {
    const key = desk.make();
    expect(await desk.ask(key, { secret: 'f'.repeat(64) })).toMatchObject({ code: 'wrong_secret', rawCode: '40009' });
    expect(await desk.ask(key, { passphrase: 'another12345' })).toMatchObject({
      ...{ code: 'wrong_passphrase', rawCode: '40012', message: expect.stringContaining('wrong API key') },
    });
    desk.simulator.revokeKey('bitget', key.apiKey);
    expect(await desk.ask(key)).toMatchObject({ ok: false, code: 'revoked', rawCode: '40037' });
    expect(await desk.ask({ ...key, apiKey: 'not-a-key' })).toMatchObject({ code: 'revoked', rawCode: '40006' });
    const bound = desk.make({ ipList: ['203.0.113.7'] });
    expect(await desk.ask(bound)).toMatchObject({ code: 'ip_refused', rawCode: '40018', message: 'Invalid IP' });
    const blind = desk.make({ scopes: { read: false, trade: true } });
    expect(await desk.ask(blind)).toMatchObject({ code: 'missing_permission', rawCode: '40014' });
    // bitget has no answer of its own to a key that has run out.
    expect(await desk.ask(desk.make({ expiresAtMs: 1 }))).toMatchObject({ code: 'revoked', rawCode: '40037' });
  });

  it('never blames a key for the clock, the limits and the exchange itself', async () => {
    const { simulator } = desk;
    const key = desk.make();
    simulator.injectFault({ exchange: 'bitget', fault: 'clock', offsetMs: 120_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'clock_skew', rawCode: '40008' });
    simulator.injectFault({ exchange: 'bitget', fault: 'clear' });
    simulator.injectFault({ exchange: 'bitget', fault: 'rateLimit', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'rate_limited', rawCode: '429' });
    simulator.injectFault({ exchange: 'bitget', fault: 'clear' });
    simulator.injectFault({ exchange: 'bitget', fault: 'restFail', durationMs: 60_000 });
    expect(await desk.ask(key)).toMatchObject({ code: 'exchange_down', rawCode: '40200' });
    simulator.injectFault({ exchange: 'bitget', fault: 'clear' });
    expect(await desk.ask(key)).toMatchObject({ ok: true });
  });

  it('tells the newest order, withdrawal and transfer that were made on the account since a time', async () => {
    const key = desk.make();
    const sinceMs = Date.now() - 60_000;
    expect(await desk.ask(key, {}, { usesSinceMs: sinceMs })).toMatchObject({ ok: true, facts: { uses: [] } });
    for (const kind of ['order', 'order', 'withdrawal', 'transfer'] as const) {
      desk.simulator.useKey('bitget', key.apiKey, kind);
    }
    expect(await desk.ask(key, {}, { usesSinceMs: sinceMs })).toMatchObject({
      facts: {
        uses: [
          { kind: 'order', seen: 'sell BTCUSDT, enterPointSource: WEB' },
          { kind: 'withdrawal', seen: 'WITHDRAW: -20 USDT' },
          { kind: 'transfer', source: 'GET /api/v2/spot/account/bills?groupType=transfer' },
        ],
      },
    });
    expect(await desk.ask(key, {}, { usesSinceMs: Date.now() + 60_000 })).toMatchObject({ facts: { uses: [] } });
  });

  it("reads the account's own fees and balances", async () => {
    const { takerFeeBps, free } = await desk.account(desk.make());
    expect([takerFeeBps, free.free]).toEqual([10, 12_540.22]);
  }, 30_000);
});
