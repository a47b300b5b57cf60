import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { classifyFailure } from '../key-errors/classify.js';
import type { Answer, Ask } from './key-reader.js';
import { kucoinKey } from './kucoin.key.js';

const asker = { isOurs: () => true };
const same = (text: string): string => text;
const read = (data: unknown): Promise<unknown> =>
  kucoinKey.read(() => Promise.resolve({ code: '200000', data }), asker);
const says =
  (answers: Readonly<Record<string, unknown>>): Ask =>
  (endpoint) => {
    const data = answers[endpoint];
    return data instanceof Error ? Promise.reject(data) : Promise.resolve({ code: '200000', data } as Answer);
  };
const refusal = (code: string, msg = 'w'): Error => new ccxt.ExchangeError(`kucoin ${JSON.stringify({ code, msg })}`);

describe('the key of kucoin', () => {
  it('is told with rights, addresses, age and name', async () => {
    const facts = await read({
      ...{ remark: 'account1', apiKey: '6705f5c311545b000157d3eb', apiVersion: 3, createdAt: 1_728_443_843_000 },
      ...{ permission: 'General,Futures,Spot,Earn,InnerTransfer,Transfer,Margin', ipWhitelist: '203.**.154,103.**.34' },
    });
    expect(facts).toMatchObject({
      scopes: { read: true, trade: true, withdraw: true, transfer: true },
      ...{ ipRestricted: true, ipList: ['203.**.154', '103.**.34'], createdAtMs: 1_728_443_843_000 },
      ...{ expiresAtMs: null, lastUsedAtMs: null, label: 'account1' },
      evidence: { ip: 'ipWhitelist: 203.**.154 103.**.34', expires: 'expiredAt: not told' },
    });
  });

  it.each([
    ['General', { read: true, trade: false, withdraw: false, transfer: false }],
    ['General, Spot', { read: true, trade: true, withdraw: false, transfer: false }],
    ['General,InnerTransfer', { read: true, trade: false, withdraw: false, transfer: true }],
    ['General,Withdrawal', { read: true, trade: false, withdraw: true, transfer: false }],
    ['Futures', { read: false, trade: true, withdraw: false, transfer: false }],
    ['', { read: false, trade: false, withdraw: false, transfer: false }],
  ])('with the permission %j may do that and no more', async (permission, scopes) => {
    expect(await read({ permission, ipWhitelist: '', expiredAt: 1_900_000_000_000 })).toMatchObject({
      ...{ scopes, ipRestricted: false, ipList: [], label: null, createdAtMs: null, expiresAtMs: 1_900_000_000_000 },
    });
  });

  it('is not told where the answer has another shape, and its addresses are not where they are left out', async () => {
    expect(await read(null)).toBeNull();
    expect(await read({ permission: ['General'] })).toBeNull();
    expect(await read({ permission: 'General' })).toMatchObject({ ipRestricted: null, ipList: null });
  });

  it('tells the newest of each kind, and what it may see where it may not see all', async () => {
    const row = (createdAt: unknown, kind: object): object => ({ createdAt, currency: 'BTC', amount: '1', ...kind });
    const answers = {
      privateGetWithdrawals: {
        items: [row(2_000, { status: 'SUCCESS' }), row(3_000, { status: 'WALLET_PROCESSING' })],
      },
      privateGetAccountsLedgers: refusal('400007'),
      privateGetHfAccountsLedgers: [row('4000', { bizType: 'TRADE_EXCHANGE' }), row('500', {})],
    };
    expect(await kucoinKey.uses?.(says(answers), 1_000)).toEqual([
      {
        kind: 'withdrawal',
        atMs: 3_000,
        seen: 'amount: 1, currency: BTC, status: WALLET_PROCESSING',
        source: 'GET /api/v1/withdrawals',
      },
      {
        kind: 'order',
        atMs: 4_000,
        seen: 'amount: 1, currency: BTC, bizType: TRADE_EXCHANGE',
        source: 'GET /api/v1/hf/accounts/ledgers',
      },
    ]);
    const down = refusal('500000');
    await expect(kucoinKey.uses?.(says({ ...answers, privateGetWithdrawals: down }), 1_000)).rejects.toBe(down);
  });

  it.each([
    ['400002', 'clock_skew'],
    ['400003', 'revoked'],
    ['400005', 'wrong_secret'],
    ['400006', 'ip_refused'],
    ['400007', 'missing_permission'],
    ['411100', 'suspended'],
    ['429000', 'rate_limited'],
    ['500000', 'exchange_down'],
    ['503000', 'exchange_down'],
    ['999999', 'unknown'],
  ])('is refused with %s as %s', (rawCode, code) => {
    expect(classifyFailure('kucoin', refusal(rawCode), same)).toMatchObject({ code, rawCode, message: 'w' });
  });

  it('is told its own address by a refusal, and that a wrong passphrase may be a wrong secret', () => {
    const words = 'Invalid request ip, the current clientIp is:198.51.100.4';
    expect(classifyFailure('kucoin', refusal('400006', words), same).message).toBe(words);
    expect(classifyFailure('kucoin', refusal('400004'), same)).toMatchObject({
      ...{ code: 'wrong_passphrase', message: expect.stringMatching(/^w \(.*a wrong secret may/) },
    });
  });
});
