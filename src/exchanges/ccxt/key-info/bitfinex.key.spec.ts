import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { classifyFailure, noteAnswer, raiseRefusal, RefusedAnswer } from '../key-errors/classify.js';
import { bitfinexKey } from './bitfinex.key.js';
import type { Answer, Ask } from './key-reader.js';

const read = (answer: unknown): Promise<unknown> =>
  bitfinexKey.read(() => Promise.resolve(answer as Answer), { isOurs: () => true });
const asking =
  (answers: Readonly<Record<string, unknown>>): Ask =>
  (endpoint) => {
    const answer = answers[endpoint] ?? [];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Answer);
  };
const refused = (...list: unknown[]): Error => new RefusedAnswer('bitfinex', JSON.stringify(['error', ...list]));

describe('bitfinexKey', () => {
  it('reads rights scope by scope, and none that is not told', async () => {
    expect(await read([['orders', 1, 0]])).toMatchObject({
      scopes: { read: null, trade: false, withdraw: null, transfer: null },
      evidence: { trade: 'orders: read 1, write 0; positions: not told; funding: not told' },
    });
    const row = ['orders', 1, 0];
    expect(await read([row, ['funding', 1, 1], ['withdraw', 0, 0]])).toMatchObject({
      scopes: { trade: true, withdraw: false },
    });
    expect(await read([row, ['withdraw', 0, 0], ['ui_withdraw', 0, 1], ['wallets', 1, 0]])).toMatchObject({
      scopes: { read: true, withdraw: true, transfer: false },
    });
    expect(await read([row, ['account', 0, 0], ['wallets', 0, 1]])).toMatchObject({
      scopes: { read: false, transfer: true },
    });
  });

  it('says nothing of an answer of another shape', async () => {
    expect(await read([])).toBeNull();
    expect(await read([['something', 1, 1]])).toBeNull();
    expect(await read({ orders: { read: true } })).toBeNull();
  });

  it('tells withdrawals out of movements, and passes by what the key may not read', async () => {
    const movement = (at: number, amount: string): unknown[] => {
      const row = Array<unknown>(22).fill(null);
      return Object.assign(row, { 1: 'BTC', 5: at, 9: 'COMPLETED', 12: amount });
    };
    const answers = {
      privatePostAuthRMovementsHist: [movement(1_500, '-1'), movement(4_000, '2'), movement(3_000, '-0.5')],
      privatePostAuthRLoginsHist: refused(10_001, 'api_key: permission invalid'),
    };
    expect(await bitfinexKey.uses?.(asking(answers), 2_000)).toEqual([
      { kind: 'withdrawal', atMs: 3_000, seen: '-0.5 BTC, COMPLETED', source: 'POST /v2/auth/r/movements/hist' },
    ]);
    const failing = { privatePostAuthRLoginsHist: refused(11_000, 'not ready') };
    await expect(bitfinexKey.uses?.(asking(failing), 2_000)).rejects.toThrow('not ready');
  });
});

describe('refusals of bitfinex', () => {
  it.each([
    [[10_100, 'apikey: invalid'], 'revoked', '10100'],
    [[10_100, 'apikey: digest invalid'], 'wrong_secret', '10100: digest invalid'],
    [[10_112, 'signature'], 'wrong_secret', '10112'],
    [[10_001, 'api_key: permission invalid'], 'missing_permission', '10001: permission invalid'],
    [[10_001, 'something generic'], 'unknown', '10001'],
    [[10_114, 'nonce: small'], 'clock_skew', '10114'],
    [[11_010, 'ratelimit: error'], 'rate_limited', '11010'],
    [[20_060, 'maintenance'], 'exchange_down', '20060'],
    [[10_000, 'unknown error'], 'unknown', '10000'],
  ])('as %j are %s', (list, code, rawCode) => {
    expect(classifyFailure('bitfinex', refused(...list), (text) => text)).toMatchObject({ code, rawCode });
  });

  it('keep their code although the message of ccxt leaves it out', () => {
    const error = new ccxt.AuthenticationError('bitfinex apikey: digest invalid');
    noteAnswer(error, 500, '["error",10100,"apikey: digest invalid"]');
    expect(classifyFailure('bitfinex', error, (text) => text)).toMatchObject({
      ...{ code: 'wrong_secret', rawCode: '10100: digest invalid', message: 'apikey: digest invalid' },
    });
  });

  it('are raised where ccxt takes them for answers, and lists of rows are not', () => {
    expect(() => {
      raiseRefusal('bitfinex', '["error",10100,"apikey: invalid"]');
    }).toThrow(RefusedAnswer);
    raiseRefusal('bitfinex', '[["orders",1,0]]');
    raiseRefusal('bitfinex', '[]');
  });
});
