import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { classifyFailure } from '../key-errors/classify.js';
import { bitgetKey } from './bitget.key.js';
import type { Answer, Ask } from './key-reader.js';

const CLASSIC = 'privateSpotGetV2SpotAccountInfo';
const UNIFIED = 'privateUtaGetV3AccountInfo';
const refusal = (code: string): Error =>
  new ccxt.ExchangeError(`bitget {"code":"${code}","msg":"words","requestTime":1,"data":null}`);

/** Answers by endpoint; an error is thrown, what is not named is refused as a classic call on a unified account. */
const asking =
  (answers: Readonly<Record<string, Answer | Error>>): Ask =>
  (endpoint) => {
    const answer = answers[endpoint] ?? refusal('40085');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
const read = (answers: Readonly<Record<string, Answer | Error>>): Promise<unknown> =>
  bitgetKey.read(asking(answers), { isOurs: () => true });
const classic = (data: object): Promise<unknown> => read({ [CLASSIC]: { code: '00000', data } });
const unified = (data: object): Promise<unknown> => read({ [UNIFIED]: { code: '00000', data } });

describe('bitgetKey', () => {
  it('reads the rights of a classic account, which are codes or words', async () => {
    const data = { userId: '1', ips: '', regisTime: '1246566789345' };
    const scopes = { read: true, trade: false, withdraw: false, transfer: false };
    expect(await classic({ ...data, authorities: ['stor', 'coor', 'wtor', 'chor'] })).toMatchObject({
      ...{ scopes, createdAtMs: null, ipRestricted: false },
      evidence: { trade: 'authorities: stor, coor, wtor, chor' },
    });
    expect(await classic({ ...data, authorities: ['trade', 'readonly'] })).toMatchObject({
      scopes: { ...scopes, trade: true },
    });
    expect(await classic({ ...data, authorities: ['stor', 'coow'] })).toMatchObject({
      scopes: { ...scopes, trade: true },
    });
    expect(await classic({ ...data, authorities: ['stor', 'wtow'] })).toMatchObject({
      scopes: { ...scopes, transfer: true },
    });
    expect(await classic({ ...data, authorities: ['stow', 'wwow'], ips: '203.0.113.7, 203.0.113.8' })).toMatchObject({
      scopes: { ...scopes, trade: true, withdraw: true },
      ...{ ipRestricted: true, ipList: ['203.0.113.7', '203.0.113.8'] },
    });
    expect(await classic({ authorities: [] })).toMatchObject({ scopes: { read: false }, ipRestricted: null });
  });

  it('reads the rights of a unified account, whose management moves funds', async () => {
    const permissions = ['uta_mgt', 'uta_trade', 'withdraw'];
    expect(await unified({ ips: '203.0.113.7', permType: 'read-and-write', permissions })).toMatchObject({
      scopes: { read: true, trade: true, withdraw: true, transfer: true },
      ...{ ipRestricted: true, ipList: ['203.0.113.7'] },
      sources: { withdraw: 'GET /api/v3/account/info', ip: 'GET /api/v3/account/info' },
    });
    for (const permType of ['read-only', 'readonly', 'read_only']) {
      expect(await unified({ ips: '', permType, permissions })).toMatchObject({
        scopes: { read: true, trade: false, withdraw: false, transfer: false },
        ipRestricted: false,
      });
    }
    expect(await unified({ permType: 'read-and-write', permissions: ['uta_trade'] })).toMatchObject({
      scopes: { trade: true, withdraw: false, transfer: false },
    });
  });

  it('says nothing of an answer of another shape', async () => {
    expect(await classic({ authorities: 'stor' })).toBeNull();
    expect(await unified({ permissions: ['uta_mgt'] })).toBeNull();
    expect(await unified({ permType: 'read-only' })).toBeNull();
  });

  it('asks for a unified account only where the classic call says that it is one', async () => {
    await expect(read({ [CLASSIC]: refusal('40014') })).rejects.toThrow('40014');
    await expect(read({ [UNIFIED]: refusal('40018') })).rejects.toThrow('40018');
  });

  it('tells what was done where the key may read it', async () => {
    const orders = { data: [{ cTime: '1790000000000', side: 'buy', symbol: 'ETHUSDT', enterPointSource: 'API' }] };
    const uses = (answers: Readonly<Record<string, Answer | Error>>): Promise<unknown> =>
      bitgetKey.uses?.(asking(answers), 1_789_999_999_000) ?? Promise.resolve(null);
    const order = {
      ...{ kind: 'order', atMs: 1_790_000_000_000, seen: 'buy ETHUSDT, enterPointSource: API' },
      source: 'GET /api/v2/spot/trade/history-orders',
    };
    const bills = refusal('40014');
    const answers = { privateSpotGetV2SpotTradeHistoryOrders: orders, privateSpotGetV2SpotAccountBills: bills };
    expect(await uses(answers)).toEqual([order]);
    expect(await uses({})).toEqual([]);
    await expect(uses({ ...answers, privateSpotGetV2SpotAccountBills: refusal('40200') })).rejects.toThrow('40200');
  });
});

describe('refusals of bitget', () => {
  it.each([
    ['40037', 'revoked'],
    ['40010', 'wrong_secret'],
    ['40036', 'wrong_passphrase'],
    ['40038', 'ip_refused'],
    ['40301', 'missing_permission'],
    ['40005', 'clock_skew'],
    ['429', 'rate_limited'],
    ['40031', 'suspended'],
    ['40013', 'suspended'],
    ['45001', 'exchange_down'],
    ['40110', 'wrong_environment'],
    ['40084', 'unknown'],
    ['49999', 'unknown'],
  ])('with the code %s are %s', (rawCode, code) => {
    expect(classifyFailure('bitget', refusal(rawCode), (text) => text)).toMatchObject({ code, rawCode });
  });
});
