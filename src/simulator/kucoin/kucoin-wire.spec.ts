import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

type Row = [price: string, size: string, sequence: string];

interface Delta {
  readonly symbol: string;
  readonly sequenceStart: number;
  readonly sequenceEnd: number;
  readonly changes: { readonly asks: Row[]; readonly bids: Row[] };
}

interface Bullet {
  readonly token: string;
  readonly instanceServers: { readonly endpoint: string }[];
}

describe('kucoin on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 4, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const rest = async (path: string, method = 'GET'): Promise<{ status: number; code: string; data: unknown }> => {
    const response = await fetch(`${simulator.url}/api.kucoin.com${path}`, { method });
    return { status: response.status, ...((await response.json()) as { code: string; data: unknown }) };
  };
  const address = async (): Promise<string> => {
    const { token, instanceServers } = (await rest('/api/v1/bullet-public', 'POST')).data as Bullet;
    const endpoint = instanceServers[0]?.endpoint.replace('wss://', `${simulator.url.replace('http', 'ws')}/`);
    return `${endpoint}?token=${encodeURIComponent(token)}&connectId=c1`;
  };
  const deltasOf = (client: WireClient): Delta[] =>
    client.frames.flatMap(({ json }) => (json?.['subject'] === 'trade.l2update' ? [json['data'] as Delta] : []));

  it('gives an address with a token by REST, and welcomes whoever has one', async () => {
    const url = await address();
    expect(url).toContain('/ws-api-spot.kucoin.com/?token=');
    const client = await WireClient.connect(url);
    await client.frame(({ json }) => json?.['type'] === 'welcome' && json['id'] === 'c1', 'the welcome');
    client.close();
    for (const used of [url, url.replace(/token=[^&]*/, 'token=none')]) {
      const refused = await WireClient.connect(used);
      await refused.frame(({ json }) => json?.['code'] === 401 && json['data'] === 'token is invalid', 'the refusal');
      await refused.until(() => refused.isClosed, 'the end of the socket');
    }
    expect((await rest('/api/v1/bullet-public')).status).toBe(405);
  });

  it('acknowledges, then sends deltas without a gap that turn the REST snapshot into the true book', async () => {
    const client = await WireClient.connect(await address());
    client.send({ id: '5', type: 'subscribe', topic: '/market/level2:BTC-USDT,ETH-USDT', response: true });
    await client.frame(({ json }) => json?.['type'] === 'ack' && json['id'] === '5', 'the acknowledgement');
    const ofBtc = (): Delta[] => deltasOf(client).filter(({ symbol }) => symbol === 'BTC-USDT');
    await client.until(() => ofBtc().length >= 3, 'three deltas');
    const snapshot = (await rest('/api/v1/market/orderbook/level2_100?symbol=BTC-USDT')).data as {
      readonly sequence: string;
      readonly bids: string[][];
      readonly asks: string[][];
    };
    expect([snapshot.bids.length, snapshot.asks.length]).toEqual([100, 100]);
    await client.until(() => (ofBtc().at(-1)?.sequenceEnd ?? 0) > Number(snapshot.sequence) + 100, 'later deltas');
    client.close();

    const book = new FollowedBook();
    book.apply('bids', snapshot.bids);
    book.apply('asks', snapshot.asks);
    for (const [index, delta] of ofBtc().entries()) {
      const rows = [...delta.changes.asks, ...delta.changes.bids];
      const before = ofBtc()[index - 1];
      if (before) expect(delta.sequenceStart).toBe(before.sequenceEnd + 1);
      expect(Math.min(...rows.map((row) => Number(row[2])))).toBe(delta.sequenceStart);
      expect(Math.max(...rows.map((row) => Number(row[2])))).toBe(delta.sequenceEnd);
      for (const [price, size] of rows) expect(`${price} ${size}`).not.toMatch(/\.\d*0( |$)|\.( |$)/);
      if (delta.sequenceEnd <= Number(snapshot.sequence)) continue;
      book.apply('bids', delta.changes.bids);
      book.apply('asks', delta.changes.asks);
    }
    const truth = simulator.book('kucoin', 'BTC/USDT', ofBtc().at(-1)?.sequenceEnd);
    expect(book.top('bids', 50)).toEqual(truth?.bids.slice(0, 50));
    expect(book.top('asks', 50)).toEqual(truth?.asks.slice(0, 50));
  });

  it('sends whole books of 5 or 50 levels, and stops when asked', async () => {
    const client = await WireClient.connect(await address());
    const topic = '/spotMarket/level2Depth50:ETH-USDT';
    client.send({ id: '1', type: 'subscribe', topic });
    const { json } = await client.frame(({ json: frame }) => frame?.['topic'] === topic, 'a whole book');
    const { bids, asks } = json?.['data'] as { bids: string[][]; asks: string[][] };
    expect([json?.['subject'], bids.length, asks.length]).toEqual(['level2', 50, 50]);
    client.send({ id: '2', type: 'unsubscribe', topic, response: true });
    await client.frame(({ json: frame }) => frame?.['id'] === '2', 'the acknowledgement');
    const mark = client.frames.length;
    client.send({ id: '3', type: 'subscribe', topic: '/spotMarket/level2Depth5:ETH-USDT' });
    await client.until(() => client.frames.length > mark + 3, 'other books');
    client.close();
    expect(client.frames.slice(mark).filter(({ json: frame }) => frame?.['topic'] === topic)).toEqual([]);
  });

  it('answers pings and refuses topics and types that it does not have', async () => {
    const client = await WireClient.connect(await address());
    client.send({ id: '7', type: 'ping' });
    await client.frame(({ json }) => json?.['type'] === 'pong' && json['id'] === '7', 'the pong');
    for (const topic of ['/market/level2:NO-PE', '/market/level9:BTC-USDT', 3]) {
      const mark = client.frames.length;
      client.send({ id: '8', type: 'subscribe', topic, response: true });
      await client.frame(({ json }) => json?.['code'] === 404 && json['id'] === '8', 'the refusal', mark);
    }
    client.send({ id: '9', type: 'openTunnel' });
    await client.frame(({ json }) => json?.['code'] === 415, 'the refusal of the type');
    client.close();
  });

  it('refuses markets and paths that it does not have, and has no contracts', async () => {
    expect(await rest('/api/v1/market/orderbook/level2_20?symbol=NO-PE')).toMatchObject({
      status: 400,
      code: '400100',
    });
    expect((await rest('/api/v9/nothing')).status).toBe(404);
    const response = await fetch(`${simulator.url}/api-futures.kucoin.com/api/v1/contracts/active`);
    expect(await response.json()).toEqual({ code: '200000', data: [] });
  });
});
