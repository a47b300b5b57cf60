import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface BookEvent {
  readonly type: string;
  readonly product_id: string;
  readonly updates: readonly {
    readonly side: 'bid' | 'offer';
    readonly event_time: string;
    readonly price_level: string;
    readonly new_quantity: string;
  }[];
}

interface Frame {
  readonly channel: string;
  readonly timestamp: string;
  readonly sequence_num: number;
  readonly events: readonly [BookEvent];
}

describe('coinbase on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 5, symbols: ['BTC/USDT', 'BTC/USD'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/advanced-trade-ws.coinbase.com`);
  const framesOf = (client: WireClient): Frame[] => client.frames.map(({ json }) => json as unknown as Frame);
  const booksOf = (client: WireClient, product: string): Frame[] =>
    framesOf(client).filter(({ channel, events }) => channel === 'l2_data' && events[0].product_id === product);
  const subscribe = (...ids: string[]): object => ({ type: 'subscribe', product_ids: ids, channel: 'level2' });

  it('sends whole books and their changes, every frame of the connection counted', async () => {
    const client = await socket();
    client.send(subscribe('BTC-USD', 'BTC-USDT'));
    client.send({ type: 'subscribe', channel: 'heartbeats' });
    await client.until(() => booksOf(client, 'BTC-USD').length > 60, 'sixty frames');
    client.close();
    const frames = framesOf(client);
    expect(frames.map((frame) => frame.sequence_num)).toEqual(frames.map((_, index) => index));
    expect([...new Set(frames.map(({ channel }) => channel))].sort()).toEqual([
      ...['heartbeats', 'l2_data', 'subscriptions'],
    ]);
    const book = new FollowedBook();
    const told = booksOf(client, 'BTC-USD');
    for (const [index, { events, timestamp }] of told.entries()) {
      expect(events[0].type).toBe(index === 0 ? 'snapshot' : 'update');
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      for (const { side, price_level, new_quantity } of events[0].updates) {
        book.apply(side === 'bid' ? 'bids' : 'asks', [[price_level, new_quantity]]);
      }
    }
    const now = simulator.book('coinbase', 'BTC/USD')!;
    const truth = Array.from({ length: 200 }, (_, back) => simulator.book('coinbase', 'BTC/USD', now.sequence - back));
    const own = JSON.stringify([book.top('bids', 999), book.top('asks', 999)]);
    expect(truth.map((other) => JSON.stringify([other?.bids, other?.asks]))).toContain(own);
  });

  it('counts a frame that is lost, and shows a wrong number once when asked to', async () => {
    const client = await socket();
    client.send(subscribe('BTC-USDT'));
    await client.until(() => booksOf(client, 'BTC-USDT').length > 3, 'frames');
    const jumps = (): number[] =>
      framesOf(client).flatMap(({ sequence_num: own }, index, all) =>
        index > 0 && own !== all[index - 1]!.sequence_num + 1 ? [own - all[index - 1]!.sequence_num] : [],
      );
    simulator.injectFault({ exchange: 'coinbase', symbol: 'BTC/USDT', fault: 'drop', count: 2 });
    await client.until(() => jumps().length === 1, 'a gap');
    simulator.injectFault({ exchange: 'coinbase', symbol: 'BTC/USDT', fault: 'corrupt' });
    await client.until(() => jumps().length === 3, 'a wrong number');
    expect(jumps()).toEqual([3, 2, 0]);
    client.close();
  });

  it('tells of a pair against USDC under the dollar pair, and stops after unsubscribe', async () => {
    const client = await socket();
    client.send(subscribe('BTC-USDC'));
    await client.until(() => booksOf(client, 'BTC-USD').length > 2, 'frames');
    client.send({ type: 'unsubscribe', product_ids: ['BTC-USDC'], channel: 'level2' });
    const empty = await client.frame(
      ({ json }) => JSON.stringify(json?.['events']) === '[{"subscriptions":{}}]',
      'the confirmation',
    );
    const mark = client.frames.indexOf(empty);
    client.send(subscribe('BTC-USDT'));
    await client.until(() => booksOf(client, 'BTC-USDT').length > 3, 'frames of the other');
    expect(
      framesOf(client)
        .slice(mark)
        .filter(({ events }) => events[0].product_id === 'BTC-USD'),
    ).toEqual([]);
    client.close();
  });

  it('refuses products, channels and commands that do not exist', async () => {
    const client = await socket();
    for (const message of [subscribe('NO-PE'), { type: 'subscribe', channel: 'nope' }, { type: 'nope' }]) {
      client.send(message);
    }
    await client.until(() => client.frames.length === 3, 'three errors');
    expect(client.frames.map(({ json }) => json?.['message'])).toEqual([
      'NO-PE is not a valid product',
      'channel is not supported',
      'type is not supported',
    ]);
    client.close();
  });

  it('lists spot products only, the dollar pairs under both names', async () => {
    const list = async (query: string): Promise<[unknown, unknown][]> => {
      const url = `${simulator.url}/api.coinbase.com/api/v3/brokerage/market/products${query}`;
      const { products } = (await (await fetch(url)).json()) as { products: Record<string, unknown>[] };
      return products.map((row) => [row['product_id'], row['alias']]);
    };
    expect(await list('')).toEqual([
      ['BTC-USDT', ''],
      ['BTC-USD', ''],
      ['BTC-USDC', 'BTC-USD'],
    ]);
    expect(await list('?product_type=FUTURE')).toEqual([]);
  });

  it('reads the book over REST', async () => {
    const url = `${simulator.url}/api.coinbase.com/api/v3/brokerage/market/product_book?product_id=`;
    const { pricebook } = (await (await fetch(`${url}BTC-USDC&limit=3`)).json()) as {
      pricebook: { product_id: string; bids: object[] };
    };
    expect([pricebook.product_id, pricebook.bids.length]).toEqual(['BTC-USD', 3]);
    expect((await fetch(`${url}NO-PE`)).status).toBe(404);
  });
});
