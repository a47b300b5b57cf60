import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Row {
  readonly update?: { readonly bids: string[][]; readonly asks: string[][] };
  readonly bids?: string[][];
  readonly asks?: string[][];
  readonly u: number;
  readonly pu?: number;
}

interface Result {
  readonly instrument_name: string;
  readonly channel: string;
  readonly data: readonly [Row];
}

describe('cryptocom on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 6, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/stream.crypto.com/exchange/v1/market`);
  const resultsOf = (client: WireClient): Result[] =>
    client.frames.flatMap(({ json }) => (json?.['result'] ? [json['result'] as Result] : []));
  const subscribe = (channels: string[], more: object = {}): object => ({
    ...{ id: 3, method: 'subscribe', params: { channels, ...more } },
  });

  it.each([10, 50])('sends a snapshot and chained deltas of the best %i levels', async (depth) => {
    const client = await socket();
    client.send(subscribe([`book.BTC_USDT.${depth}`], { book_subscription_type: 'SNAPSHOT_AND_UPDATE' }));
    await client.until(() => resultsOf(client).length >= 60, 'sixty frames');
    client.close();
    const acknowledged = { id: 3, method: 'subscribe', code: 0, channel: `book.BTC_USDT.${depth}` };
    expect(client.frames.find(({ json }) => json?.['id'] === 3)?.json).toEqual(acknowledged);
    const followed = new FollowedBook();
    const results = resultsOf(client);
    for (const [index, { channel, data }] of results.entries()) {
      expect(channel).toBe(index === 0 ? 'book' : 'book.update');
      if (index > 0) expect(data[0].pu).toBe(results[index - 1]?.data[0].u);
      const { bids = [], asks = [] } = data[0].update ?? data[0];
      followed.apply('bids', bids);
      followed.apply('asks', asks);
    }
    const truth = simulator.book('cryptocom', 'BTC/USDT', results.at(-1)?.data[0].u);
    expect(followed.top('bids', 999)).toEqual(truth?.bids.slice(0, depth));
    expect(followed.top('asks', 999)).toEqual(truth?.asks.slice(0, depth));
  });

  it('sends whole books to who does not ask for deltas by their documented name', async () => {
    const client = await socket();
    client.send(subscribe(['book.ETH_USDT.10'], { bookSubscriptionType: 'SNAPSHOT_AND_UPDATE' }));
    await client.until(() => resultsOf(client).length >= 4, 'four books');
    client.send({ id: 4, method: 'unsubscribe', params: { channels: ['book.ETH_USDT.10'] } });
    await client.frame(({ json }) => json?.['id'] === 4, 'the acknowledgement');
    const results = resultsOf(client);
    for (const { channel, data } of results) expect([channel, data[0].bids?.length]).toEqual(['book', 10]);
    const other = await socket();
    other.send(subscribe(['book.ETH_USDT.10']));
    await other.until(() => resultsOf(other).length >= 3, 'books for another');
    expect(resultsOf(client).length).toBe(results.length);
    client.close();
    other.close();
  });

  it('cuts off who does not answer its heartbeats, and nobody else', async () => {
    const answering = await socket();
    const silent = await socket();
    const { json } = await answering.frame((frame) => frame.json?.['method'] === 'public/heartbeat', 'a heartbeat');
    answering.send({ id: json?.['id'], method: 'public/respond-heartbeat' });
    await silent.until(() => silent.isClosed, 'the end of the silent one', 10_000);
    expect(answering.isClosed).toBe(false);
    answering.close();
  }, 15_000);

  it('refuses channels, settings and methods that it does not have', async () => {
    const client = await socket();
    const refused = async (message: object): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      return (await client.frame(({ json }) => Number(json?.['code']) > 0, 'the refusal', mark)).json;
    };
    const code = 40003;
    for (const channel of ['book.NO_PE.50', 'book.BTC_USDT.150', 'book.BTC_USDT']) {
      expect(await refused(subscribe([channel]))).toMatchObject({
        id: 3,
        code,
        message: expect.stringContaining(channel),
      });
    }
    expect(await refused(subscribe(['book.BTC_USDT.50'], { book_subscription_type: 'ALL' }))).toMatchObject({ code });
    expect(await refused({ id: 9, method: 'public/nothing' })).toMatchObject({ id: 9, code: 40101 });
    client.close();
  });

  it('lists spot instruments and tells books by REST', async () => {
    const get = async (path: string): Promise<{ code: number; result: Record<string, unknown> }> =>
      (await (await fetch(`${simulator.url}/api.crypto.com/exchange/v1/public/${path}`)).json()) as never;
    const { result } = await get('get-instruments');
    expect(result['data']).toMatchObject([{ symbol: 'BTC_USDT', inst_type: 'CCY_PAIR', price_tick_size: '0.01' }, {}]);
    const book = (await get('get-book?instrument_name=BTC_USDT&depth=5')).result['data'] as [{ bids: string[][] }];
    expect(book[0].bids.length).toBe(5);
    expect((await get('get-book?instrument_name=NO_PE')).code).toBe(40004);
    expect((await get('get-book?instrument_name=BTC_USDT&depth=51')).code).toBe(40003);
  });
});
