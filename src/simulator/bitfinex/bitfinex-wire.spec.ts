import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

type Row = [price: number, orders: number, amount: number];

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'DOGE/USDT'];
const FLAGS = { event: 'conf', flags: 32_768 + 65_536 + 131_072 };
const SUBSCRIBE = { event: 'subscribe', channel: 'book', symbol: 'tBTCUST', prec: 'P0', freq: 'F0', len: '100' };

function apply(book: FollowedBook, [price, orders, amount]: Row): void {
  book.apply(amount > 0 ? 'bids' : 'asks', [[price, orders === 0 ? 0 : Math.abs(amount)]]);
}

// As bitfinex documents it: CRC-32, signed, over the best 25 levels, bid and ask in turn, asks negative.
function checksumOf(book: FollowedBook): number {
  const [bids, asks] = [book.top('bids', 25), book.top('asks', 25)];
  return crc32(bids.map((bid, rank) => `${bid.join(':')}:${asks[rank]?.join(':-') ?? ''}`).join(':')) | 0;
}

describe('bitfinex on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 13, symbols: SYMBOLS, tickMs: 50 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/api-pub.bitfinex.com/ws/2`);
  const framesOf = (client: WireClient): unknown[][] =>
    client.frames.flatMap(({ json }) => (Array.isArray(json) ? [json as unknown[]] : []));
  const event = async (client: WireClient, name: string, from = 0): Promise<Readonly<Record<string, unknown>>> =>
    (await client.frame(({ json }) => json?.['event'] === name, `the event ${name}`, from)).json!;

  it('numbers and times every frame of a connection, and sums up each batch of levels', async () => {
    const client = await socket();
    expect(await event(client, 'info')).toMatchObject({ version: 2, platform: { status: 1 } });
    client.send(FLAGS);
    expect(await event(client, 'conf')).toEqual({ event: 'conf', status: 'OK', flags: 229_376 });
    client.send(SUBSCRIBE);
    client.send({ ...SUBSCRIBE, symbol: 'tETHUST' });
    const { chanId } = await event(client, 'subscribed');
    await client.until(() => framesOf(client).filter(([, tag]) => tag === 'cs').length >= 40, 'forty checksums');
    client.close();

    const book = new FollowedBook();
    let proven = 0;
    let levels = 0;
    const frames = framesOf(client);
    const whole = frames.slice(0, frames.findLastIndex(([channel, tag]) => channel === chanId && tag === 'cs') + 1);
    for (const [index, frame] of whole.entries()) {
      expect(frame.at(-2)).toBe(index + 1);
      expect(Math.abs(Number(frame.at(-1)) - Date.now())).toBeLessThan(60_000);
      const [channel, payload] = frame as [number, string | Row | Row[]];
      if (channel !== chanId) continue;
      if (payload === 'cs') {
        expect(frame[2]).toBe(checksumOf(book));
        proven += 1;
      } else if (Array.isArray(payload[0])) {
        expect(proven).toBe(0);
        for (const row of payload as Row[]) apply(book, row);
        expect([book.bids.size, book.asks.size]).toEqual([100, 100]);
      } else {
        apply(book, payload as Row);
        levels += 1;
      }
    }
    expect(proven).toBeGreaterThan(10);
    expect(levels).toBeGreaterThan(2 * proven);
    const { sequence } = simulator.book('bitfinex', 'BTC/USDT')!;
    const truths = [...Array(199).keys()].map((back) => simulator.book('bitfinex', 'BTC/USDT', sequence - back));
    const isTrue = (side: 'bids' | 'asks'): boolean =>
      truths.some((truth) => JSON.stringify(truth?.[side].slice(0, 100)) === JSON.stringify(book.top(side, 100)));
    expect([isTrue('bids'), isTrue('asks')]).toEqual([true, true]);
  });

  it('sends bare levels to whoever configures nothing, on channels that are new each time', async () => {
    const client = await socket();
    client.send({ ...SUBSCRIBE, symbol: 'tDOGE:UST', len: 25 });
    const first = await event(client, 'subscribed');
    expect(first).toMatchObject({ symbol: 'tDOGE:UST', pair: 'DOGE:UST', len: '25', prec: 'P0' });
    await client.until(() => framesOf(client).length > 10, 'ten frames');
    client.send({ event: 'unsubscribe', chanId: first['chanId'] });
    expect(await event(client, 'unsubscribed')).toMatchObject({ status: 'OK', chanId: first['chanId'] });
    const mark = client.frames.length;
    client.send({ ...SUBSCRIBE, symbol: 'tDOGE:UST' });
    const second = await event(client, 'subscribed', mark);
    expect(second['chanId']).not.toBe(first['chanId']);
    await client.until(() => client.frames.length > mark + 10, 'ten more');
    client.close();
    for (const frame of framesOf(client)) expect([frame.length, Array.isArray(frame[1])]).toEqual([2, true]);
    const later = client.frames.slice(mark).flatMap(({ json }) => (Array.isArray(json) ? [json[0] as unknown] : []));
    expect(new Set(later)).toEqual(new Set([second['chanId']]));
  });

  it('loses the frames of a step, and their numbers with them', async () => {
    const client = await socket();
    client.send(FLAGS);
    client.send(SUBSCRIBE);
    await client.until(() => framesOf(client).length > 10, 'ten frames');
    simulator.injectFault({ exchange: 'bitfinex', symbol: 'BTC/USDT', fault: 'drop', count: 1 });
    const isGap = (frame: unknown[], index: number): boolean =>
      index > 0 && frame.at(-2) !== Number(framesOf(client)[index - 1]?.at(-2)) + 1;
    await client.until(() => framesOf(client).some(isGap), 'a gap');
    const after = framesOf(client).length;
    await client.until(() => framesOf(client).length > after + 20, 'more frames');
    client.close();
    expect(framesOf(client).filter(isGap)).toHaveLength(1);
    expect(framesOf(client).at(-1)?.at(-2)).toBeGreaterThan(framesOf(client).length + 1);
  });

  it('refuses what does not exist and what is there already', async () => {
    const client = await socket();
    const answer = async (message: object): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      const { json } = await client.frame(({ json: frame }) => frame?.['event'] !== undefined, 'an answer', mark);
      return json?.['code'] ?? json?.['event'];
    };
    expect(await answer({ event: 'ping', cid: 4 })).toBe('pong');
    expect(await answer({ event: 'nope' })).toBe(10_000);
    expect(await answer({ ...SUBSCRIBE, channel: 'nope' })).toBe(10_302);
    for (const wrong of [{ symbol: 'tNOPE' }, { prec: 'R0' }, { freq: 'F1' }, { len: '26' }]) {
      expect(await answer({ ...SUBSCRIBE, ...wrong })).toBe(10_300);
    }
    expect(await answer({ event: 'unsubscribe', chanId: 1 })).toBe(10_400);
    expect(await answer(SUBSCRIBE)).toBe('subscribed');
    expect(await answer(SUBSCRIBE)).toBe(10_301);
    client.close();
  });

  it('tells pairs, currencies and the book over REST', async () => {
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${simulator.url}/api-pub.bitfinex.com/v2${path}`)).json();
    expect(await get('/platform/status')).toEqual([1]);
    expect(await get('/conf/pub:list:pair:exchange,pub:info:pair:futures')).toEqual([
      ...[['BTCUST', 'ETHUST', 'DOGE:UST'], []],
    ]);
    expect(await get('/book/tBTCUST/P0?len=25')).toHaveLength(50);
    expect(await get('/book/tNOPE/P0')).toEqual(['error', 10_020, 'symbol: invalid']);
    expect(await get('/book/tBTCUST/P0?len=7')).toEqual(['error', 10_020, 'len: invalid']);
    expect(await get('/nope')).toEqual(['error', 10_020, 'path: invalid']);
  });
});
