import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Diff {
  readonly e: string;
  readonly E: number;
  readonly s: string;
  readonly U: number;
  readonly u: number;
  readonly b: [string, string][];
  readonly a: [string, string][];
}

describe('binance on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 1, symbols: ['BTC/USDT', 'ETH/USDT', 'DOGE/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (path: string): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/stream.binance.com:9443${path}`);
  const rest = async (path: string, headers = {}): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${simulator.url}/api.binance.com${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const diffsOf = (client: WireClient): Diff[] =>
    client.frames.map((frame) => frame.json as unknown as Diff).filter((json) => json.e === 'depthUpdate');

  it('acknowledges, then sends diffs without a gap that turn the REST snapshot into the true book', async () => {
    const client = await socket('/ws/0');
    client.send({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 3 });
    await client.until(() => diffsOf(client).length >= 3, 'three diffs');
    expect(client.frames[0]?.json).toEqual({ result: null, id: 3 });
    const { body } = await rest('/api/v3/depth?symbol=BTCUSDT&limit=1000');
    const snapshot = body as { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] };
    expect(Math.min(snapshot.bids.length, snapshot.asks.length)).toBeGreaterThanOrEqual(200);
    expect(snapshot.bids[0]?.[0]).toMatch(/^\d+\.\d{8}$/);
    await client.until(() => (diffsOf(client).at(-1)?.u ?? 0) > snapshot.lastUpdateId + 20, 'diffs past the snapshot');
    client.close();

    const diffs = diffsOf(client);
    for (const [index, diff] of diffs.entries()) {
      expect(diff.u).toBeGreaterThanOrEqual(diff.U);
      if (index > 0) expect(diff.U).toBe((diffs[index - 1] as Diff).u + 1);
    }
    const book = new FollowedBook();
    book.apply('bids', snapshot.bids);
    book.apply('asks', snapshot.asks);
    const later = diffs.filter((diff) => diff.u > snapshot.lastUpdateId);
    expect(later[0]?.U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1);
    for (const diff of later) {
      book.apply('bids', diff.b);
      book.apply('asks', diff.a);
    }
    const truth = simulator.book('binance', 'BTC/USDT', later.at(-1)?.u);
    expect(book.top('bids', 1000)).toEqual(truth?.bids);
    expect(book.top('asks', 1000)).toEqual(truth?.asks);
  });

  it('keeps the chain unbroken in the stream of one frame a second', async () => {
    const client = await socket('/ws/ethusdt@depth');
    await client.until(() => diffsOf(client).length >= 3, 'three gathered diffs');
    client.close();
    const [first, second, third] = diffsOf(client);
    expect([second?.U, third?.U]).toEqual([(first?.u ?? 0) + 1, (second?.u ?? 0) + 1]);
  });

  it('wraps frames of a combined connection and tells the best prices', async () => {
    const client = await socket('/stream?streams=dogeusdt@bookTicker/ethusdt@depth5@100ms');
    const ticker = await client.frame(({ json }) => json?.['stream'] === 'dogeusdt@bookTicker', 'bookTicker');
    const partial = await client.frame(({ json }) => json?.['stream'] === 'ethusdt@depth5@100ms', 'depth5');
    client.close();
    const best = ticker.json?.['data'] as { u: number; b: string; B: string; a: string; A: string };
    const truth = simulator.book('binance', 'DOGE/USDT', best.u);
    expect([Number(best.b), Number(best.B)]).toEqual(truth?.bids[0]);
    expect([Number(best.a), Number(best.A)]).toEqual(truth?.asks[0]);
    expect((partial.json?.['data'] as { bids: unknown[] }).bids).toHaveLength(5);
  });

  it('stops after UNSUBSCRIBE, lists what is subscribed, refuses what it does not understand', async () => {
    const client = await socket('/ws/1');
    client.send({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms', 'ethusdt@depth@100ms'], id: 1 });
    await client.until(() => diffsOf(client).length >= 2, 'diffs');
    client.send({ method: 'UNSUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 2 });
    await client.frame(({ json }) => json?.['id'] === 2, 'the acknowledgement');
    const mark = client.frames.length;
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 4 });
    const list = await client.frame(({ json }) => json?.['id'] === 4, 'the list');
    expect(list.json?.['result']).toEqual(['ethusdt@depth@100ms']);
    await client.until(() => diffsOf(client).filter((diff) => diff.s === 'ETHUSDT').length > 6, 'more diffs');
    expect(client.frames.slice(mark).filter(({ json }) => json?.['s'] === 'BTCUSDT')).toEqual([]);
    client.send('{');
    await client.frame(({ json }) => (json?.['error'] as { code?: number } | undefined)?.code === 3, 'the JSON error');
    client.send({ method: 'NOPE', id: 5 });
    await client.frame(({ json }) => json?.['id'] === 5 && 'error' in json, 'the method error');
    client.close();
  });

  it('describes its markets, and futures as empty', async () => {
    const spot = (await rest('/api/v3/exchangeInfo')).body as { symbols: { symbol: string; filters: object[] }[] };
    expect(spot.symbols.map((row) => row.symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'DOGEUSDT']);
    expect(spot.symbols[0]?.filters[0]).toMatchObject({ filterType: 'PRICE_FILTER', tickSize: '0.01000000' });
    const futures = await fetch(`${simulator.url}/fapi.binance.com/fapi/v1/exchangeInfo`);
    expect(await futures.json()).toMatchObject({ symbols: [] });
    expect(await rest('/api/v3/depth?symbol=NOPE')).toEqual({
      status: 400,
      body: { code: -1121, msg: 'Invalid symbol.' },
    });
  });

  describe('with a key', () => {
    const signed = async (path: string, key: { apiKey: string; secret: string }, at = Date.now()): Promise<unknown> => {
      const query = `recvWindow=5000&timestamp=${at}`;
      const signature = createHmac('sha256', key.secret).update(query).digest('hex');
      const reply = await rest(`${path}?${query}&signature=${signature}`, { 'X-MBX-APIKEY': key.apiKey });
      return reply.status === 200 ? reply.body : (reply.body as { code: number }).code;
    };
    const restrictions = '/sapi/v1/account/apiRestrictions';

    it('tells fees and what the key may do', async () => {
      const key = simulator.createKey('binance', { scopes: { withdraw: true }, ipList: ['127.0.0.1'] });
      expect(key.apiKey).toMatch(/^[A-Za-z0-9]{64}$/);
      expect(await signed(restrictions, key)).toMatchObject({
        ...{ ipRestrict: true, enableReading: true, enableWithdrawals: true, enableSpotAndMarginTrading: false },
      });
      const fees = (await signed('/sapi/v1/asset/tradeFee', key)) as object[];
      expect(fees).toHaveLength(3);
      expect(fees[0]).toEqual({ symbol: 'BTCUSDT', makerCommission: '0.00075', takerCommission: '0.00075' });
    });

    it('refuses with the codes of the exchange', async () => {
      const key = simulator.createKey('binance');
      expect(await signed(restrictions, { ...key, secret: 'wrong' })).toBe(-1022);
      expect(await signed(restrictions, { ...key, apiKey: 'x'.repeat(64) })).toBe(-2015);
      expect(await signed(restrictions, { ...key, apiKey: 'short' })).toBe(-2014);
      expect(await signed(restrictions, key, Date.now() - 60_000)).toBe(-1021);
      expect(await signed(restrictions, key, Date.now() + 60_000)).toBe(-1021);
      expect(await signed(restrictions, simulator.createKey('binance', { ipList: ['203.0.113.9'] }))).toBe(-2015);
      expect(await signed(restrictions, simulator.createKey('binance', { expiresAtMs: Date.now() - 1 }))).toBe(-2015);
      expect(await signed('/api/v3/account', simulator.createKey('binance', { scopes: { read: false } }))).toBe(-2015);
      expect(simulator.revokeKey('binance', key.apiKey)).toBe(true);
      expect(await signed(restrictions, key)).toBe(-2015);
    });
  });
});
