import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface BookFrame {
  readonly topic: string;
  readonly type: string;
  readonly ts: number;
  readonly cts: number;
  readonly data: {
    readonly s: string;
    readonly b: [string, string][];
    readonly a: [string, string][];
    readonly u: number;
  };
}

describe('bybit on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 3, symbols: ['BTC/USDT', 'ADA/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/stream.bybit.com/v5/public/spot`);
  const booksOf = (client: WireClient): BookFrame[] =>
    client.frames.map(({ json }) => json as unknown as BookFrame).filter((json) => 'topic' in json);

  it.each([50, 200, 1000])('sends a snapshot and deltas of the best %i levels, u growing by one', async (depth) => {
    const client = await socket();
    client.send({ op: 'subscribe', req_id: 4, args: [`orderbook.${depth}.ADAUSDT`] });
    await client.until(() => booksOf(client).length >= 60, 'sixty frames');
    client.close();
    expect(client.frames[0]?.json).toMatchObject({ success: true, ret_msg: 'subscribe', req_id: '4', op: 'subscribe' });
    const followed = new FollowedBook();
    for (const [index, { type, data }] of booksOf(client).entries()) {
      expect(type).toBe(index === 0 ? 'snapshot' : 'delta');
      if (index > 0) expect(data.u).toBe((booksOf(client)[index - 1] as BookFrame).data.u + 1);
      followed.apply('bids', data.b);
      followed.apply('asks', data.a);
    }
    const truth = simulator.book('bybit', 'ADA/USDT', booksOf(client).at(-1)?.data.u);
    // Nothing is left over beyond the depth: levels pushed out were deleted.
    expect(followed.top('bids', 2000)).toEqual(truth?.bids.slice(0, depth));
    expect(followed.top('asks', 2000)).toEqual(truth?.asks.slice(0, depth));
  });

  it('sends a snapshot every time at depth 1', async () => {
    const client = await socket();
    client.send({ op: 'subscribe', args: ['orderbook.1.BTCUSDT'] });
    await client.until(() => booksOf(client).length >= 5, 'five frames');
    client.close();
    for (const { type, data } of booksOf(client)) {
      expect([type, data.b.length, data.a.length]).toEqual(['snapshot', 1, 1]);
    }
  });

  it('answers pings and refuses unknown topics, symbols, doubles and more than ten arguments', async () => {
    const client = await socket();
    client.send({ op: 'ping', req_id: 'p' });
    await client.frame(({ json }) => json?.['ret_msg'] === 'pong' && json['req_id'] === 'p', 'the pong');
    const refused = async (args: string[]): Promise<unknown> => {
      const mark = client.frames.length;
      client.send({ op: 'subscribe', req_id: 'r', args });
      return (await client.frame(({ json }) => json?.['success'] === false, 'a refusal', mark)).json?.['ret_msg'];
    };
    expect(await refused(['orderbook.7.BTCUSDT'])).toBe('error:handler not found,topic:orderbook.7.BTCUSDT');
    expect(await refused(['orderbook.50.NOPE'])).toBe('Invalid symbol :[orderbook.50.NOPE]');
    expect(await refused(new Array<string>(11).fill('orderbook.50.BTCUSDT'))).toBe('args size >10');
    client.send({ op: 'subscribe', args: ['orderbook.50.BTCUSDT'] });
    expect(await refused(['orderbook.50.BTCUSDT'])).toMatch(/already subscribed/);
    client.close();
  });

  describe('with a key', () => {
    const signed = async (
      path: string,
      key: { apiKey: string; secret: string },
      at = Date.now(),
    ): Promise<{ retCode: number; result: Record<string, unknown> }> => {
      const [, query = ''] = path.split('?');
      const sign = createHmac('sha256', key.secret).update(`${at}${key.apiKey}5000${query}`).digest('hex');
      const response = await fetch(`${simulator.url}/api.bybit.com${path}`, {
        headers: {
          ...{ 'X-BAPI-API-KEY': key.apiKey, 'X-BAPI-TIMESTAMP': String(at) },
          ...{ 'X-BAPI-RECV-WINDOW': '5000', 'X-BAPI-SIGN': sign },
        },
      });
      return (await response.json()) as { retCode: number; result: Record<string, unknown> };
    };
    const info = '/v5/user/query-api';

    it('tells fees and what the key may do', async () => {
      const key = simulator.createKey('bybit', { scopes: { withdraw: true }, ipList: ['127.0.0.1'] });
      expect((await signed(info, key)).result).toMatchObject({
        ...{ readOnly: 0, ips: ['127.0.0.1'], permissions: { Wallet: ['Withdraw'], Spot: [] } },
      });
      expect((await signed(info, simulator.createKey('bybit'))).result).toMatchObject({ readOnly: 1, ips: ['*'] });
      const fees = await signed('/v5/account/fee-rate?category=spot&symbol=BTCUSDT', key);
      expect(fees.result['list']).toMatchObject([{ symbol: 'BTCUSDT', takerFeeRate: '0.0008' }]);
    });

    it('refuses with the codes of the exchange', async () => {
      const key = simulator.createKey('bybit');
      expect((await signed(info, { ...key, secret: 'wrong' })).retCode).toBe(10004);
      expect((await signed(info, { ...key, apiKey: 'unknown' })).retCode).toBe(10003);
      expect((await signed(info, key, Date.now() - 60_000)).retCode).toBe(10002);
      expect((await signed(info, simulator.createKey('bybit', { ipList: ['203.0.113.9'] }))).retCode).toBe(10010);
      expect((await signed(info, simulator.createKey('bybit', { expiresAtMs: 1 }))).retCode).toBe(33004);
      const blind = simulator.createKey('bybit', { scopes: { read: false } });
      expect((await signed('/v5/account/info', blind)).retCode).toBe(10005);
      simulator.revokeKey('bybit', key.apiKey);
      expect((await signed(info, key)).retCode).toBe(10003);
    });
  });
});
