import { describe, expect, it } from '@jest/globals';
import { keyExchangeSuite } from './key-exchange-suite.js';

describe('keys of kucoin', () => {
  const rig = keyExchangeSuite({
    exchange: 'kucoin',
    reading: {
      ...{ ipRestricted: false, ipList: [], label: 'watch', createdAtMs: expect.any(Number) },
      ...{ expiresAtMs: null, lastUsedAtMs: null, evidence: { trade: 'permission: General' } },
    },
    bound: {
      ...{ ipRestricted: true, ipList: ['127.**.1'], label: 'all of it' },
      evidence: { withdraw: 'permission: General,Spot,InnerTransfer,Transfer' },
    },
    refusals: {
      wrongSecret: 'wrong_secret 400005',
      wrongPassphrase: 'wrong_passphrase 400004',
      revoked: 'revoked 400003',
      address: 'ip_refused 400006',
      expired: 'revoked 400003',
      clock: 'clock_skew 400002',
      rateLimit: 'rate_limited 429000',
      down: 'exchange_down 503000',
      right: 'missing_permission 400007',
    },
    feeBps: 10,
    uses: ['order', 'transfer', 'withdrawal'],
  });

  it('name the age that they have', async () => {
    const key = rig.make();
    expect(await rig.ask(key)).toMatchObject({ facts: { createdAtMs: Math.floor(key.createdAtMs) } });
  });

  it('are told our own address when it is refused', async () => {
    const result = await rig.ask(rig.make({ ipList: ['203.0.113.7'] }));
    expect(result).toMatchObject({ message: 'Invalid request ip, the current clientIp is:127.0.0.1' });
  });

  it('do not tell what they may do without the general right', async () => {
    const result = await rig.ask(rig.make({ scopes: { read: false, trade: true } }));
    expect(result).toMatchObject({ ok: false, code: 'missing_permission', rawCode: '400007' });
  });

  it('are asked about by reading calls alone', () => {
    const paths = new Set(rig.calls.calls.map(({ method, path }) => `${method} ${path}`));
    expect([...paths].sort()).toEqual([
      'GET /api/ua/v1/account/mode',
      'GET /api/v1/accounts/ledgers',
      'GET /api/v1/hf/accounts/ledgers',
      'GET /api/v1/user/api-key',
      'GET /api/v1/withdrawals',
    ]);
  });
});
