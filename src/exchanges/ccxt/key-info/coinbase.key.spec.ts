import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { classifyFailure } from '../key-errors/classify.js';
import { coinbaseKey } from './coinbase.key.js';
import type { Answer, Ask } from './key-reader.js';

const asker = { isOurs: () => true };
const says =
  (answers: Readonly<Record<string, Answer | Error>>): Ask =>
  (endpoint) => {
    const answer = answers[endpoint] ?? new Error(`nobody asks ${endpoint}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
const PERMISSIONS = 'v3PrivateGetBrokerageKeyPermissions';
const TIME = 'v3PublicGetBrokerageTime';
const REFUSED = new ccxt.AuthenticationError('coinbase GET https://api.coinbase.com/x 401 Unauthorized Unauthorized\n');
const same = (text: string): string => text;

describe('the key of coinbase', () => {
  it('may send money out when it may transfer', async () => {
    const answer = { can_view: true, can_trade: false, can_transfer: true, portfolio_type: 'DEFAULT' };
    expect(await coinbaseKey.read(says({ [PERMISSIONS]: answer }), asker)).toMatchObject({
      scopes: { read: true, trade: false, withdraw: true, transfer: true },
      ipRestricted: null,
      ipList: null,
      sources: { withdraw: 'GET /api/v3/brokerage/key_permissions' },
    });
  });

  it.each([{}, { can_view: true, can_trade: true }, { can_view: 'yes', can_trade: 1, can_transfer: null }])(
    'is not told by %j',
    async (answer) => {
      expect(await coinbaseKey.read(says({ [PERMISSIONS]: answer }), asker)).toBeNull();
    },
  );

  it('is not blamed for a clock that is wrong, and is when the clock is right', async () => {
    const at = (ms: number): Ask => says({ [PERMISSIONS]: REFUSED, [TIME]: { epochMillis: String(ms) } });
    await expect(coinbaseKey.read(at(Date.now() - 90_000), asker)).rejects.toMatchObject({
      code: 'clock_skew',
      rawCode: '401',
      message: expect.stringMatching(/clock is 9\d s ahead of that of coinbase/),
    });
    await expect(coinbaseKey.read(at(Date.now()), asker)).rejects.toBe(REFUSED);
  });

  it('is refused as it came where the time is not told, and where another thing was said', async () => {
    const down = new ccxt.ExchangeNotAvailable('coinbase {"error":"UNAVAILABLE"}');
    await expect(coinbaseKey.read(says({ [PERMISSIONS]: REFUSED, [TIME]: down }), asker)).rejects.toBe(REFUSED);
    await expect(coinbaseKey.read(says({ [PERMISSIONS]: REFUSED, [TIME]: {} }), asker)).rejects.toBe(REFUSED);
    await expect(coinbaseKey.read(says({ [PERMISSIONS]: down }), asker)).rejects.toBe(down);
  });

  it('tells the newest order since a time', async () => {
    const order = (created_time: unknown): object => ({ created_time, product_id: 'BTC-USD', side: 'SELL' });
    const orders = [order('2026-11-20T10:00:00Z'), order('2026-11-21T10:00:00.5Z'), order(null), 'torn'];
    const ask = says({ v3PrivateGetBrokerageOrdersHistoricalBatch: { orders } });
    expect(await coinbaseKey.uses?.(ask, Date.UTC(2026, 10, 20))).toEqual([
      {
        kind: 'order',
        atMs: Date.UTC(2026, 10, 21, 10, 0, 0, 500),
        seen: 'side: SELL, product_id: BTC-USD',
        source: 'GET /api/v3/brokerage/orders/historical/batch',
      },
    ]);
    expect(await coinbaseKey.uses?.(ask, Date.UTC(2026, 10, 22))).toEqual([]);
  });

  it.each([
    [{ errors: [{ id: 'revoked_token', message: 'w' }] }, 'revoked', 'revoked_token'],
    [{ errors: [{ id: 'expired_token', message: 'w' }] }, 'expired', 'expired_token'],
    [{ errors: [{ id: 'invalid_scope', message: 'w' }] }, 'missing_permission', 'invalid_scope'],
    [{ errors: [{ id: 'invalid_authentication_method', message: 'w' }] }, 'suspended', 'invalid_authentication_method'],
    [{ error: 'PERMISSION_DENIED', error_details: 'w', message: 'w' }, 'missing_permission', 'PERMISSION_DENIED'],
    [{ error: 'RESOURCE_EXHAUSTED', message: 'w' }, 'rate_limited', 'RESOURCE_EXHAUSTED'],
    [{ error: 'INTERNAL', message: 'w' }, 'exchange_down', 'INTERNAL'],
    [{ error: 'SOMETHING_NEW', message: 'w' }, 'unknown', 'SOMETHING_NEW'],
  ])('is refused with %j as %s', (body, code, rawCode) => {
    const error = new ccxt.ExchangeError(`coinbase ${JSON.stringify(body)}`);
    expect(classifyFailure('coinbase', error, same)).toMatchObject({ code, rawCode, message: 'w' });
  });

  it('is not called revoked because a page in front of coinbase says so', () => {
    const error = new ccxt.ExchangeNotAvailable('coinbase GET https://api.coinbase.com/x 503 <html>down</html>');
    expect(classifyFailure('coinbase', error, same)).toMatchObject({ code: 'exchange_down', rawCode: null });
  });
});
