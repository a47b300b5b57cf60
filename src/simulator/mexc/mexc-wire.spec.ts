import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import protobuf from 'protobufjs';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Levels {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface Level {
  readonly price: string;
  readonly quantity: string;
}

interface Push {
  readonly channel: string;
  readonly symbol: string;
  readonly sendTime: number;
  readonly publicLimitDepths?: Levels & { readonly version: string };
  readonly publicAggreDepths?: Levels & Readonly<Record<'eventType' | 'fromVersion' | 'toVersion', string>>;
}

const SCHEMA = path.join(import.meta.dirname, '../../../test/support/mexc.proto');
const type = protobuf.loadSync(SCHEMA).lookupType('Push');
const decodePush = (data: Buffer): Push => type.toObject(type.decode(data), { longs: Number, arrays: true }) as Push;

const STREAM = 'spot@public.aggre.depth.v3.api.pb@100ms@';

const rows = (levels: readonly Level[] = []): string[][] => levels.map(({ price, quantity }) => [price, quantity]);

/** Expects frames of BTC/USDT, without a gap, written without trailing zeros. */
function expectChain(pushes: readonly Push[]): void {
  for (const [index, { symbol, sendTime, publicAggreDepths: depth }] of pushes.entries()) {
    const before = pushes[index - 1]?.publicAggreDepths;
    if (before) expect(Number(depth?.fromVersion)).toBe(Number(before.toVersion) + 1);
    expect([symbol, depth?.eventType]).toEqual(['BTCUSDT', 'spot@public.aggre.depth.v3.api.pb@100ms']);
    expect(sendTime).toBeGreaterThan(1_600_000_000_000);
  }
  const texts = pushes.flatMap(({ publicAggreDepths: depth }) => [...rows(depth?.bids), ...rows(depth?.asks)]);
  for (const [price, size] of texts) expect(`${price} ${size}`).not.toMatch(/\.\d*0( |$)|\.( |$)/);
}

describe('mexc on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 8, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const rest = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${simulator.url}/api.mexc.com${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/wbs-api.mexc.com/ws`);
  const pushesOf = (client: WireClient, stream: string): Push[] =>
    client.frames
      .filter(({ isBinary }) => isBinary)
      .map(({ data }) => decodePush(data))
      .filter(({ channel }) => channel === stream);
  const answerTo = async (client: WireClient, id: number): Promise<string> => {
    const { json, isBinary } = await client.frame((frame) => frame.json?.['id'] === id, 'the answer');
    expect([json?.['code'], isBinary]).toEqual([0, false]);
    return String(json?.['msg']);
  };

  it('acknowledges, then sends changes without a gap that turn the REST snapshot into the true book', async () => {
    const client = await socket();
    const stream = `${STREAM}BTCUSDT`;
    client.send({ method: 'SUBSCRIPTION', params: [stream, `${STREAM}ETHUSDT`], id: 3 });
    expect(await answerTo(client, 3)).toBe(`${stream},${STREAM}ETHUSDT`);
    await client.until(() => pushesOf(client, stream).length >= 3, 'three frames');
    const { body } = await rest('/api/v3/depth?symbol=BTCUSDT&limit=5000');
    const snapshot = body as { lastUpdateId: number; bids: string[][]; asks: string[][] };
    const last = (): number => Number(pushesOf(client, stream).at(-1)?.publicAggreDepths?.toVersion);
    await client.until(() => last() > snapshot.lastUpdateId + 100, 'later frames');
    client.close();

    const pushes = pushesOf(client, stream);
    expectChain(pushes);
    const book = new FollowedBook();
    book.apply('bids', snapshot.bids);
    book.apply('asks', snapshot.asks);
    for (const { publicAggreDepths: depth } of pushes) {
      if (Number(depth?.toVersion) <= snapshot.lastUpdateId) continue;
      book.apply('bids', rows(depth?.bids));
      book.apply('asks', rows(depth?.asks));
    }
    const truth = simulator.book('mexc', 'BTC/USDT', last());
    expect(book.top('bids', 50)).toEqual(truth?.bids.slice(0, 50));
    expect(book.top('asks', 50)).toEqual(truth?.asks.slice(0, 50));
  });

  it('sends whole books of 5, 10 or 20 levels, and stops when asked', async () => {
    const client = await socket();
    const stream = 'spot@public.limit.depth.v3.api.pb@ETHUSDT@20';
    client.send({ method: 'SUBSCRIPTION', params: [stream], id: 1 });
    await client.until(() => pushesOf(client, stream).length >= 2, 'whole books');
    const book = pushesOf(client, stream).at(-1)?.publicLimitDepths;
    const truth = simulator.book('mexc', 'ETH/USDT', Number(book?.version));
    expect(rows(book?.bids).map((row) => row.map(Number))).toEqual(truth?.bids.slice(0, 20));
    expect(rows(book?.asks).map((row) => row.map(Number))).toEqual(truth?.asks.slice(0, 20));
    client.send({ method: 'UNSUBSCRIPTION', params: [stream], id: 2 });
    expect(await answerTo(client, 2)).toBe(stream);
    const count = pushesOf(client, stream).length;
    client.send({ method: 'SUBSCRIPTION', params: [`${STREAM}BTCUSDT`], id: 4 });
    await client.until(() => pushesOf(client, `${STREAM}BTCUSDT`).length >= 3, 'other frames');
    client.close();
    expect(pushesOf(client, stream)).toHaveLength(count);
  });

  it('blocks what it does not have, beside what it has, with code 0', async () => {
    const client = await socket();
    const [own, other] = [`${STREAM}BTCUSDT`, `${STREAM}NOPE`];
    client.send({ method: 'SUBSCRIPTION', params: [own, other], id: 7 });
    expect(await answerTo(client, 7)).toBe(
      `Subscribed successful! [${own}]. Not Subscribed successfully! [${other}].  Reason： Blocked! `,
    );
    client.send({ method: 'SUBSCRIPTION', params: ['spot@public.deals.v3.api@BTCUSDT'], id: 8 });
    expect(await answerTo(client, 8)).toMatch(/^Not Subscribed successfully! \[spot@public\.deals/);
    client.close();
  });

  it('answers pings in either case, and tells of a method that it does not have', async () => {
    const client = await socket();
    for (const [id, method] of ['ping', 'PING'].entries()) client.send({ method, id: id + 1 });
    expect([await answerTo(client, 1), await answerTo(client, 2)]).toEqual(['PONG', 'PONG']);
    client.send('{');
    await client.frame(({ json }) => json?.['code'] === 1, 'the refusal');
    client.close();
  });

  it('tells time and markets by REST, refuses markets, depths and paths that it does not have', async () => {
    expect((await rest('/api/v3/time')).body['serverTime']).toBeGreaterThan(1_600_000_000_000);
    const { body } = await rest('/api/v3/exchangeInfo');
    expect((body['symbols'] as object[])[0]).toMatchObject({
      ...{ symbol: 'BTCUSDT', status: '1', isSpotTradingAllowed: true, takerCommission: '0.0005' },
    });
    expect((await rest('/api/v1/contract/detail')).body['data']).toEqual([]);
    expect(await rest('/api/v3/depth?symbol=NOPE')).toEqual({
      status: 400,
      body: { code: -1121, msg: 'Invalid symbol.' },
    });
    expect((await rest('/api/v3/depth?symbol=BTCUSDT&limit=5001')).status).toBe(400);
    expect((await rest('/api/v3/depth?symbol=BTCUSDT')).body['bids']).toHaveLength(100);
    expect((await rest('/api/v9/nothing')).status).toBe(404);
  });
});
