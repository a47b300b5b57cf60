import { describe, expect, it } from '@jest/globals';
import { keyExchangeSuite } from './key-exchange-suite.js';

describe('keys of gate', () => {
  const rig = keyExchangeSuite({
    exchange: 'gate',
    reading: {
      ...{ ipRestricted: false, ipList: [], label: 'watch', createdAtMs: expect.any(Number) },
      ...{ expiresAtMs: null, lastUsedAtMs: expect.any(Number) },
      evidence: { withdraw: 'perms: spot read only, wallet read only, account read only' },
    },
    bound: {
      ...{ ipRestricted: true, ipList: ['127.0.0.1'], label: 'all of it' },
      evidence: { withdraw: 'perms: spot read and write, wallet read and write, account read only' },
    },
    refusals: {
      wrongSecret: 'wrong_secret INVALID_SIGNATURE',
      revoked: 'revoked INVALID_KEY',
      address: 'ip_refused IP_FORBIDDEN',
      expired: 'revoked INVALID_KEY',
      clock: 'clock_skew REQUEST_EXPIRED',
      rateLimit: 'rate_limited TOO_MANY_REQUESTS',
      down: 'exchange_down SERVER_ERROR',
      right: 'missing_permission FORBIDDEN',
    },
    feeBps: 10,
    uses: ['order', 'transfer', 'withdrawal'],
  });

  it('name the second in which they were made and the one in which somebody used them last', async () => {
    const key = rig.make();
    rig.simulator.useKey('gate', key.apiKey);
    const usedMs = Date.now();
    const result = await rig.ask(key);
    expect(result).toMatchObject({ facts: { createdAtMs: Math.floor(key.createdAtMs / 1_000) * 1_000 } });
    const lastUsedAtMs = result.ok ? (result.facts.lastUsedAtMs ?? 0) : 0;
    expect(lastUsedAtMs).toBeGreaterThan(usedMs - 2_000);
    expect(lastUsedAtMs).toBeLessThanOrEqual(usedMs + 1_000);
  });

  it('are told our own address when it is refused', async () => {
    const result = await rig.ask(rig.make({ ipList: ['203.0.113.7'] }));
    expect(result).toMatchObject({ message: 'Request IP not in whitelist: 127.0.0.1' });
  });

  it('without a right to the account still tell their addresses', async () => {
    const key = rig.make({ scopes: { read: false, trade: true }, ipList: ['127.0.0.1'] });
    expect(await rig.ask(key)).toMatchObject({
      ok: true,
      facts: { scopes: { read: null, trade: null, withdraw: null, transfer: null }, ipRestricted: true },
    });
  });

  it('are asked about by reading calls alone', () => {
    const paths = new Set(rig.calls.calls.map(({ method, path }) => `${method} ${path}`));
    expect([...paths].sort()).toEqual([
      'GET /api/v4/account/detail',
      'GET /api/v4/account/main_keys',
      'GET /api/v4/spot/accounts',
      'GET /api/v4/spot/my_trades',
      'GET /api/v4/wallet/sub_account_transfers',
      'GET /api/v4/wallet/withdrawals',
    ]);
  });
});
