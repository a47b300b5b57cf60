import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Row {
  readonly asks: [string, string][];
  readonly bids: [string, string][];
  readonly checksum: number;
  readonly ts: string;
  readonly seq: number;
  readonly pseq: number;
}

// As bitget documents it: CRC-32, signed, over the texts as sent, best 25 levels, bid and ask in turn.
class BookText {
  private readonly levels = { bids: new Map<string, string>(), asks: new Map<string, string>() };

  apply(side: 'bids' | 'asks', rows: readonly (readonly [string, string])[]): void {
    for (const [price, size] of rows) {
      if (Number(size) === 0) this.levels[side].delete(price);
      else this.levels[side].set(price, size);
    }
  }

  checksum(): number {
    const [bids, asks] = [this.best('bids', -1), this.best('asks', 1)];
    return crc32(bids.map((bid, rank) => `${bid}:${asks[rank] ?? ''}`).join(':')) | 0;
  }

  private best(side: 'bids' | 'asks', sign: 1 | -1): string[] {
    const sorted = [...this.levels[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)));
    return sorted.slice(0, 25).map((level) => level.join(':'));
  }
}

describe('bitget on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 8, symbols: ['BTC/USDT', 'USDC/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.bitget.com/v2/ws/public`);
  const rowsOf = (client: WireClient, channel: string, action?: string): Row[] =>
    client.frames.flatMap(({ json }) =>
      (json?.['arg'] as { channel?: string } | undefined)?.channel === channel &&
      'data' in (json ?? {}) &&
      (action === undefined || json?.['action'] === action)
        ? (json?.['data'] as Row[])
        : [],
    );
  const request = (op: string, channel: string, instId: string, instType = 'SPOT'): object => ({
    ...{ op, args: [{ instType, channel, instId }] },
  });

  it('sends a whole book, then changes that name the frame before and sum up to their checksum', async () => {
    const client = await socket();
    client.send(request('subscribe', 'books', 'BTCUSDT'));
    await client.until(() => rowsOf(client, 'books').length >= 40, 'forty frames');
    client.close();
    expect(client.frames[0]?.json).toEqual({
      ...{ event: 'subscribe', arg: { instType: 'SPOT', channel: 'books', instId: 'BTCUSDT' } },
    });
    const rows = rowsOf(client, 'books');
    expect(rowsOf(client, 'books', 'snapshot')).toEqual([rows[0]]);
    const [book, texts] = [new FollowedBook(), new BookText()];
    for (const [index, row] of rows.entries()) {
      expect(row.pseq).toBe(index === 0 ? 0 : rows[index - 1]!.seq);
      for (const side of ['bids', 'asks'] as const) {
        book.apply(side, row[side]);
        texts.apply(side, row[side]);
      }
      expect(row.checksum).toBe(index === 0 ? 0 : texts.checksum());
    }
    const truth = simulator.book('bitget', 'BTC/USDT', rows.at(-1)!.seq);
    expect(book.top('bids', 999)).toEqual(truth?.bids);
    expect(book.top('asks', 999)).toEqual(truth?.asks);
  });

  it.each([1, 5, 15])('sends %i whole levels every time on that channel, stops after unsubscribe', async (depth) => {
    const client = await socket();
    const channel = `books${depth}`;
    client.send(request('subscribe', channel, 'USDCUSDT'));
    await client.until(() => rowsOf(client, channel, 'snapshot').length > 3, 'four frames');
    for (const { bids, asks } of rowsOf(client, channel)) expect([bids.length, asks.length]).toEqual([depth, depth]);
    client.send(request('unsubscribe', channel, 'USDCUSDT'));
    const left = await client.frame(({ json }) => json?.['event'] === 'unsubscribe', 'the acknowledgement');
    const mark = client.frames.indexOf(left) + 1;
    client.send(request('subscribe', 'books', 'BTCUSDT'));
    await client.until(() => rowsOf(client, 'books').length > 3, 'frames of the other');
    expect(client.frames.slice(mark).some(({ text }) => text.includes('USDCUSDT'))).toBe(false);
    client.close();
  });

  it('answers pings, and refuses what does not exist', async () => {
    const client = await socket();
    client.send('ping');
    await client.frame(({ text }) => text === 'pong', 'the pong');
    for (const message of [
      request('subscribe', 'books', 'NOPE'),
      request('subscribe', 'books7', 'BTCUSDT'),
      request('subscribe', 'books', 'BTCUSDT', 'USDT-FUTURES'),
      { op: 'nope' },
    ]) {
      client.send(message);
    }
    await client.until(() => client.frames.length === 5, 'four errors');
    expect(client.frames.slice(1).map(({ json }) => json?.['code'])).toEqual([30001, 30001, 30001, 30003]);
    client.close();
  });

  it('tells symbols and the book over REST', async () => {
    const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
      const response = await fetch(`${simulator.url}/api.bitget.com/api/v2${path}`);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    expect((await get('/spot/public/symbols')).body).toMatchObject({
      ...{ code: '00000', data: [{ symbol: 'BTCUSDT', takerFeeRate: '0.002' }, { symbol: 'USDCUSDT' }] },
    });
    expect((await get('/mix/market/contracts?productType=USDT-FUTURES')).body).toMatchObject({ data: [] });
    const { bids } = (await get('/spot/market/orderbook?symbol=BTCUSDT&limit=3')).body['data'] as Row;
    expect(bids).toHaveLength(3);
    for (const path of ['/spot/market/orderbook?symbol=NOPE', '/spot/public/symbols?symbol=NOPE']) {
      expect(await get(path)).toMatchObject({ status: 400, body: { code: '40034' } });
    }
    expect((await get('/nope')).status).toBe(404);
  });
});
