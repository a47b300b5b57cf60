import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Level {
  readonly px: string;
  readonly sz: string;
}

interface Book {
  readonly coin: string;
  readonly time: number;
  readonly levels: readonly [Level[], Level[]];
}

describe('hyperliquid on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 8, symbols: ['BTC/USDC', 'ETH/USDC'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/api.hyperliquid.xyz/ws`);
  const info = async (body: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${simulator.url}/api.hyperliquid.xyz/info`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
    });
    return { status: response.status, body: await response.json() };
  };
  const booksOf = (client: WireClient): Book[] =>
    client.frames.flatMap(({ json }) => (json?.['channel'] === 'l2Book' ? [json['data'] as Book] : []));

  it('acknowledges, then sends the twenty best levels of both sides every fifth step', async () => {
    const client = await socket();
    const subscription = { type: 'l2Book', coin: '@142' };
    client.send({ method: 'subscribe', subscription });
    await client.until(() => booksOf(client).length >= 6, 'six books');
    client.send({ method: 'unsubscribe', subscription });
    await client.frame(({ json }) => JSON.stringify(json).includes('"unsubscribe"'), 'the acknowledgement');
    const received = booksOf(client).length;
    client.send({ method: 'subscribe', subscription: { ...subscription, coin: '@151' } });
    await client.until(() => booksOf(client).length >= received + 3, 'books of the other coin');
    client.close();
    expect(client.frames[0]?.json).toMatchObject({
      channel: 'subscriptionResponse',
      data: { method: 'subscribe', subscription },
    });
    expect(
      new Set(
        booksOf(client)
          .slice(received)
          .map(({ coin }) => coin),
      ),
    ).toEqual(new Set(['@151']));
    const last = booksOf(client)[received - 1] as Book;
    const now = simulator.book('hyperliquid', 'BTC/USDC');
    const steps = Array.from({ length: 60 }, (_, back) =>
      simulator.book('hyperliquid', 'BTC/USDC', (now?.sequence ?? 0) - back),
    );
    const truth = steps.find((book) => book !== null && Math.floor(book.timeMs) === last.time);
    const numbers = (levels: Level[]): number[][] => levels.map(({ px, sz }) => [Number(px), Number(sz)]);
    expect(last.levels[0]).toHaveLength(20);
    expect(numbers(last.levels[0])).toEqual(truth?.bids.slice(0, 20));
    expect(numbers(last.levels[1])).toEqual(truth?.asks.slice(0, 20));
    expect(last.levels[0][0]?.px).toMatch(/^\d+\.0$/);
  });

  it('answers pings and refuses what it does not have', async () => {
    const client = await socket();
    client.send({ method: 'ping' });
    await client.frame(({ json }) => json?.['channel'] === 'pong', 'the pong');
    const refused = async (message: object): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      return (await client.frame(({ json }) => json?.['channel'] === 'error', 'the refusal', mark)).json?.['data'];
    };
    const subscription = { type: 'l2Book', coin: '@142' };
    expect(await refused({ method: 'subscribe', subscription: { type: 'l2Book', coin: '@1' } })).toMatch(/^Invalid/);
    expect(await refused({ method: 'subscribe', subscription: { type: 'nothing' } })).toMatch(/^Error parsing JSON/);
    expect(await refused({ method: 'unsubscribe', subscription })).toMatch(/^Already unsubscribed/);
    client.send({ method: 'subscribe', subscription });
    expect(await refused({ method: 'subscribe', subscription })).toMatch(/^Already subscribed/);
    client.close();
  });

  it('tells spot metadata and books by REST, and has no perpetuals', async () => {
    const [meta, contexts] = (await info({ type: 'spotMetaAndAssetCtxs' })).body as [
      { tokens: { name: string }[]; universe: { name: string; tokens: [number, number]; index: number }[] },
      { coin: string; midPx: string | null }[],
    ];
    const [btc] = meta.universe;
    expect([btc?.name, meta.tokens[btc?.tokens[0] ?? 0]?.name, meta.tokens[0]?.name]).toEqual(['@142', 'UBTC', 'USDC']);
    expect(contexts[btc?.index ?? 0]).toMatchObject({ coin: '@142', midPx: expect.stringMatching(/^\d+(\.5)?$/) });
    expect((await info({ type: 'meta' })).body).toMatchObject({ universe: [] });
    expect((await info({ type: 'l2Book', coin: '@151' })).body).toMatchObject({ coin: '@151' });
    expect((await info({ type: 'l2Book', coin: '@1' })).status).toBe(500);
    expect((await info({ type: 'nothing' })).status).toBe(422);
  });
});
