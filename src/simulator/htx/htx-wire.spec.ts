import { gunzipSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { ExchangeMarket } from '../wire/exchange-wire.js';
import { ExchangeFaults } from '../wire/faults.js';
import { SocketClient } from '../wire/socket-client.js';
import { HtxWire } from './htx-wire.js';

interface Tick {
  readonly seqNum: number;
  readonly prevSeqNum: number;
  readonly bids: [number, number][];
  readonly asks: [number, number][];
}

describe('htx on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 12, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/api.huobi.pro/feed`);
  const ticksOf = (client: WireClient, topic: string): Tick[] =>
    client.frames.flatMap(({ json }) => (json?.['ch'] === topic ? [json['tick'] as Tick] : []));

  it.each([20, 150])('chains differences of %i levels that turn a snapshot into the true book', async (depth) => {
    const client = await socket();
    const topic = `market.btcusdt.mbp.${depth}`;
    client.send({ sub: topic, id: '1' });
    await client.until(() => ticksOf(client, topic).length >= 5, 'five changes');
    expect(client.frames[0]?.json).toMatchObject({ id: '1', status: 'ok', subbed: topic });
    client.send({ req: topic, id: '2' });
    const reply = await client.frame(({ json }) => json?.['rep'] === topic, 'the snapshot');
    await client.until(() => ticksOf(client, topic).length >= 40, 'forty changes');
    client.close();

    const snapshot = reply.json?.['data'] as Tick;
    expect([snapshot.bids.length, snapshot.asks.length]).toEqual([depth, depth]);
    const ticks = ticksOf(client, topic);
    for (const [index, tick] of ticks.entries()) {
      if (index > 0) expect(tick.prevSeqNum).toBe(ticks[index - 1]!.seqNum);
    }
    expect(ticks.some(({ seqNum }) => seqNum === snapshot.seqNum)).toBe(true);
    const book = new FollowedBook();
    for (const { bids, asks } of [snapshot, ...ticks.filter(({ seqNum }) => seqNum > snapshot.seqNum)]) {
      book.apply('bids', bids);
      book.apply('asks', asks);
    }
    const truth = simulator.book('htx', 'BTC/USDT', ticks.at(-1)?.seqNum);
    expect(book.top('bids', 999)).toEqual(truth?.bids.slice(0, depth));
    expect(book.top('asks', 999)).toEqual(truth?.asks.slice(0, depth));
  });

  it('acknowledges a second subscription without a second stream, and stops after unsubscribe', async () => {
    const client = await socket();
    const [own, other] = ['market.ethusdt.mbp.150', 'market.btcusdt.mbp.150'] as const;
    for (const id of ['1', '2']) client.send({ sub: own, id });
    await client.until(() => ticksOf(client, own).length >= 10, 'ten changes');
    expect(client.frames.filter(({ json }) => json?.['subbed'] === own)).toHaveLength(2);
    expect(new Set(ticksOf(client, own).map(({ seqNum }) => seqNum)).size).toBe(ticksOf(client, own).length);
    client.send({ unsub: own, id: '3' });
    const left = await client.frame(({ json }) => json?.['unsubbed'] === own, 'the acknowledgement');
    const mark = client.frames.indexOf(left);
    client.send({ sub: other, id: '4' });
    await client.until(() => ticksOf(client, other).length > 3, 'changes of the other');
    client.close();
    expect(client.frames.slice(mark).some(({ json }) => json?.['ch'] === own)).toBe(false);
  });

  it('refuses topics and symbols that it does not have, and texts that are no JSON', async () => {
    const client = await socket();
    const answer = async (message: unknown): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      const { json } = await client.frame(() => true, 'an answer', mark);
      return json?.['err-msg'] ?? json;
    };
    expect(await answer({ sub: 'market.nope.mbp.150', id: 1 })).toBe('invalid symbol nope');
    expect(await answer({ req: 'market.nope.mbp.150', id: 1 })).toBe('invalid symbol nope');
    expect(await answer({ sub: 'market.btcusdt.mbp.30', id: 1 })).toBe('invalid topic market.btcusdt.mbp.30');
    expect(await answer({ unsub: 'market.btcusdt.mbp.5', id: 1 })).toBe(
      'unsub with not subbed topic market.btcusdt.mbp.5',
    );
    expect(await answer('nonsense')).toBe('not json, is not json string');
    expect(await answer({})).toBe('invalid topic undefined');
    expect(await answer({ ping: 5 })).toEqual({ pong: 5 });
    client.close();
  });

  it('pings every five seconds and cuts off who misses two', () => {
    let nowMs = 1_000;
    const faults = new ExchangeFaults(() => nowMs);
    const wire = new HtxWire(new ExchangeMarket([]), faults, () => nowMs);
    const connect = (): { client: SocketClient; pings: () => { ping: number }[]; socket: { closed: unknown[] } } => {
      const sent: Buffer[] = [];
      const socket = {
        ...{ OPEN: 1, readyState: 1, bufferedAmount: 0, closed: [] as unknown[] },
        send: (data: Buffer) => sent.push(data),
        close: (...reason: unknown[]) => socket.closed.push(...reason),
      };
      const client = new SocketClient('1', '/feed', socket as unknown as WebSocket, () => nowMs);
      wire.open(client);
      return {
        client,
        socket,
        pings: () => sent.map((data) => JSON.parse(gunzipSync(data).toString()) as { ping: number }),
      };
    };
    const [silent, polite] = [connect(), connect()];
    for (let second = 1; second <= 16; second++) {
      nowMs += 1_000;
      for (const { client } of [silent, polite]) wire.beat(client, nowMs);
      for (const { ping } of polite.pings()) wire.receive(polite.client, JSON.stringify({ pong: ping }));
    }
    expect(silent.pings()).toEqual([{ ping: 6_000 }, { ping: 11_000 }]);
    expect(silent.socket.closed).toEqual([1003, 'ping check expired', 1003, 'ping check expired']);
    expect(polite.pings()).toHaveLength(3);
    expect(polite.socket.closed).toEqual([]);
  });

  it('tells symbols, currencies and the book over REST, and has no contracts', async () => {
    const get = async (path: string, host = 'api.huobi.pro'): Promise<Record<string, unknown>> =>
      (await (await fetch(`${simulator.url}/${host}${path}`)).json()) as Record<string, unknown>;
    const symbols = (await get('/v1/common/symbols'))['data'] as Record<string, unknown>[];
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['btcusdt', 'ethusdt']);
    expect(symbols[0]).toMatchObject({ 'price-precision': 2, 'amount-precision': 6, state: 'online' });
    expect(await get('/v2/reference/currencies')).toMatchObject({ code: 200 });
    const { tick } = await get('/market/depth?symbol=btcusdt&type=step0&depth=5');
    expect((tick as Tick).bids).toHaveLength(5);
    expect(await get('/market/depth?symbol=nope&type=step0')).toMatchObject({ status: 'error' });
    expect(await get('/swap-api/v1/swap_contract_info', 'api.hbdm.vn')).toMatchObject({ data: [] });
    for (const host of ['api.huobi.pro', 'api.hbdm.vn']) {
      expect((await fetch(`${simulator.url}/${host}/nope`)).status).toBe(404);
    }
  });
});
