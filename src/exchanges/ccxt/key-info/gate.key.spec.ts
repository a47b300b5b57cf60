import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { classifyFailure } from '../key-errors/classify.js';
import { gateKey } from './gate.key.js';
import type { Ask } from './key-reader.js';

const OURS = 'c5dcfbf1f3a7*****';
const asker = { isOurs: (text: unknown) => text === OURS };
const same = (text: string): string => text;
const refusal = (label: string, message = 'w'): Error =>
  new ccxt.ExchangeError(`gate ${JSON.stringify({ label, message })}`);
const KEYS = 'privateAccountGetMainKeys';
const DETAIL = 'privateAccountGetDetail';

/** Answers by endpoint; what stands for none was not to be asked. */
const says =
  (answers: Readonly<Record<string, unknown>>): Ask =>
  (endpoint) => {
    const answer = answers[endpoint] ?? new Error(`nobody asks ${endpoint}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Record<string, unknown>);
  };
const row = (changed: object): object => ({
  ...{ state: 1, mode: 1, name: 'watch', user_id: 1, ip_whitelist: [], key: OURS, perms: [] },
  ...{ created_at: 1_753_030_929, update_at: 1_756_300_567, last_access: 1_753_030_930, ...changed },
});
const perms = (...names: string[]): object[] =>
  names.map((name) => ({ name: name.replace('!', ''), read_only: !name.endsWith('!') }));

describe('the key of gate', () => {
  it('is found among the keys of the account', async () => {
    const other = row({ key: '52fd0035f665*****', perms: perms('wallet!'), name: 'another' });
    const ours = row({ perms: perms('spot', 'wallet', 'account'), ip_whitelist: ['198.51.100.4'] });
    expect(await gateKey.read(says({ [KEYS]: [other, ours] }), asker)).toMatchObject({
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      ...{ ipRestricted: true, ipList: ['198.51.100.4'], createdAtMs: 1_753_030_929_000, expiresAtMs: null },
      ...{ lastUsedAtMs: 1_753_030_930_000, label: 'watch' },
      evidence: { withdraw: 'perms: spot read only, wallet read only, account read only' },
      sources: { ip: 'GET /api/v4/account/main_keys' },
    });
  });

  it.each([
    [['spot!'], { read: true, trade: true, withdraw: false, transfer: false }],
    [['wallet!'], { read: true, trade: false, withdraw: true, transfer: true }],
    [['spot', 'withdraw!'], { read: true, trade: false, withdraw: true, transfer: false }],
    [['spot', 'earn!'], { read: true, trade: false, withdraw: false, transfer: true }],
    [['futures!', 'account'], { read: false, trade: true, withdraw: false, transfer: false }],
    [[], { read: false, trade: false, withdraw: false, transfer: false }],
  ])('with %j may do that and no more', async (names, scopes) => {
    expect(await gateKey.read(says({ [KEYS]: [row({ perms: perms(...names) })] }), asker)).toMatchObject({ scopes });
  });

  it('is told with no addresses where they are left out', async () => {
    const facts = await gateKey.read(says({ [KEYS]: [row({ ip_whitelist: null })] }), asker);
    expect(facts).toMatchObject({ ipRestricted: null, ipList: null, evidence: { ip: 'ip_whitelist: not told' } });
  });

  it('may write where it is not said that it only reads', async () => {
    const facts = await gateKey.read(says({ [KEYS]: [row({ perms: [{ name: 'spot' }, 7] })] }), asker);
    expect(facts).toMatchObject({
      scopes: { trade: true },
      evidence: { trade: expect.stringContaining('spot read and write') },
    });
  });

  const unknown = { scopes: { read: null, trade: null, withdraw: null, transfer: null }, createdAtMs: null };
  it.each<[string, unknown]>([
    ['the list of keys is refused', refusal('FORBIDDEN')],
    ['it is not on the list', [row({ key: '52fd0035f665*****' })]],
    ['two on the list look alike', [row({ perms: perms('wallet!') }), row({})]],
    ['its rights are left out', [row({ perms: null })]],
    ['the list has another shape', { data: 7 }],
  ])('still tells its addresses when %s', async (_, keys) => {
    const ask = says({ [KEYS]: keys, [DETAIL]: { user_id: 1, ip_whitelist: ['127.0.0.1'], key: { mode: 1 } } });
    expect(await gateKey.read(ask, asker)).toMatchObject({
      ...{ ...unknown, ipRestricted: true, ipList: ['127.0.0.1'] },
      sources: { ip: 'GET /api/v4/account/detail' },
    });
    expect(await gateKey.read(says({ [KEYS]: keys, [DETAIL]: {} }), asker)).toBeNull();
  });

  it('is refused as gate refuses it', async () => {
    for (const label of ['INVALID_KEY', 'IP_FORBIDDEN', 'SERVER_ERROR']) {
      const refused = refusal(label);
      await expect(gateKey.read(says({ [KEYS]: refused }), asker)).rejects.toBe(refused);
    }
    const alone = refusal('FORBIDDEN');
    await expect(gateKey.read(says({ [KEYS]: refusal('FORBIDDEN'), [DETAIL]: alone }), asker)).rejects.toBe(alone);
  });

  it('tells the newest of each kind, whole seconds included, and what it may see', async () => {
    const answers = {
      privateWalletGetWithdrawals: [
        { timestamp: '1542000000', amount: '222.61', currency: 'USDT' },
        { timestamp: '1542000009', amount: '1', currency: 'BTC' },
      ],
      privateWalletGetSubAccountTransfers: refusal('FORBIDDEN'),
      privateSpotGetMyTrades: [{ create_time: '1542000005', side: 'sell', amount: '2', currency_pair: 'BTC_USDT' }],
    };
    expect(await gateKey.uses?.(says(answers), 1_542_000_005_900)).toEqual([
      {
        kind: 'withdrawal',
        atMs: 1_542_000_009_000,
        seen: 'amount: 1, currency: BTC',
        source: 'GET /api/v4/wallet/withdrawals',
      },
      {
        kind: 'order',
        atMs: 1_542_000_005_000,
        seen: 'side: sell, amount: 2, currency_pair: BTC_USDT',
        source: 'GET /api/v4/spot/my_trades',
      },
    ]);
    expect(await gateKey.uses?.(says(answers), 1_542_000_010_000)).toEqual([]);
  });

  it.each([
    ['INVALID_SIGNATURE', 'wrong_secret'],
    ['IP_FORBIDDEN', 'ip_refused'],
    ['FORBIDDEN', 'missing_permission'],
    ['READ_ONLY', 'missing_permission'],
    ['REQUEST_EXPIRED', 'clock_skew'],
    ['TOO_MANY_REQUESTS', 'rate_limited'],
    ['ACCOUNT_LOCKED', 'suspended'],
    ['SERVER_ERROR', 'exchange_down'],
    ['SOMETHING_NEW', 'unknown'],
  ])('is refused with %s as %s', (rawCode, code) => {
    expect(classifyFailure('gate', refusal(rawCode), same)).toMatchObject({ code, rawCode, message: 'w' });
  });

  it('is told its own address by a refusal, and that a key without addresses ends', () => {
    const words = 'Request IP not in whitelist: 198.51.100.4';
    expect(classifyFailure('gate', refusal('IP_FORBIDDEN', words), same).message).toBe(words);
    expect(classifyFailure('gate', refusal('INVALID_KEY'), same)).toMatchObject({
      ...{ code: 'revoked', message: expect.stringContaining('after 90 days') },
    });
  });
});
