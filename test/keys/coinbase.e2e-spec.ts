import { describe, expect, it } from '@jest/globals';
import { keyExchangeSuite } from './key-exchange-suite.js';

const UNTOLD = {
  ...{ ipRestricted: null, ipList: null, createdAtMs: null, expiresAtMs: null, lastUsedAtMs: null, label: null },
};

describe('keys of coinbase', () => {
  const rig = keyExchangeSuite({
    exchange: 'coinbase',
    reading: { ...UNTOLD, evidence: { read: 'can_view: true', withdraw: 'can_transfer: false' } },
    bound: { ...UNTOLD, evidence: { withdraw: 'can_transfer: true', transfer: 'can_transfer: true' } },
    refusals: {
      wrongSecret: 'revoked 401',
      revoked: 'revoked 401',
      address: 'revoked 401',
      expired: 'revoked 401',
      clock: 'clock_skew 401',
      rateLimit: 'rate_limited rate_limit_exceeded',
      down: 'exchange_down service_unavailable',
      right: 'missing_permission PERMISSION_DENIED',
    },
    feeBps: 25,
    uses: ['order'],
  });

  it('say that one word is said of a deleted key, a wrong secret, an address and a clock', async () => {
    const result = await rig.ask(rig.make({ ipList: ['203.0.113.7'] }));
    expect(result).toMatchObject({
      message: expect.stringMatching(/^Unauthorized \(coinbase answers the same to a deleted key.*address.*clock/),
    });
  });

  it('say how far the clock is off', async () => {
    rig.simulator.injectFault({ exchange: 'coinbase', fault: 'clock', offsetMs: 600_000 });
    const result = await rig.ask(rig.make());
    rig.simulator.injectFault({ exchange: 'coinbase', fault: 'clear' });
    expect(result).toMatchObject({
      message: expect.stringMatching(/^refused, .* \d+ s behind that of coinbase$/),
    });
  });

  it.each([
    ['a text', 'not the secret'],
    ['a torn PEM', '-----BEGIN EC PRIVATE KEY-----\nQUJD\n-----END EC PRIVATE KEY-----'],
  ])('call %s in place of the secret a wrong one, without a word of it', async (_, secret) => {
    const result = await rig.ask(rig.make(), { secret });
    expect(result).toMatchObject({ ok: false, code: 'wrong_secret', rawCode: null });
    expect(result).toMatchObject({ message: expect.stringMatching(/^nothing was sent: .* copy it again$/) });
  });

  it('say of a key that may not read that it may not', async () => {
    const key = rig.make({ scopes: { read: false, trade: true } });
    expect(await rig.ask(key)).toMatchObject({
      facts: { scopes: { read: false, trade: true, withdraw: false, transfer: false } },
    });
  });

  it('are asked about by reading calls alone, none of which tells its query', () => {
    const paths = new Set(rig.calls.calls.map(({ method, path }) => `${method} ${path}`));
    expect([...paths].sort()).toEqual([
      'GET /api/v3/brokerage/accounts',
      'GET /api/v3/brokerage/key_permissions',
      'GET /api/v3/brokerage/orders/historical/batch',
      'GET /api/v3/brokerage/time',
    ]);
  });
});
