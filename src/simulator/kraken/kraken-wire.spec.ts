import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient, type WireFrame } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Level {
  readonly price: number;
  readonly qty: number;
}

interface BookFrame {
  readonly channel: string;
  readonly type: string;
  readonly data: readonly [
    { readonly bids: Level[]; readonly asks: Level[]; readonly checksum: number; readonly timestamp: string },
  ];
}

const DECIMALS = { price: 7, qty: 8 };

// As kraken documents it: decimals as in the pair, no point, no leading zeros; asks, then bids.
function checksum(book: FollowedBook): number {
  const digits = (value: number, decimals: number): string =>
    value.toFixed(decimals).replace('.', '').replace(/^0+/, '');
  const side = (name: 'bids' | 'asks'): string =>
    book
      .top(name, 10)
      .map(([price, qty]) => digits(price, DECIMALS.price) + digits(qty, DECIMALS.qty))
      .join('');
  return crc32(side('asks') + side('bids'));
}

describe('kraken on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 4, symbols: ['DOGE/USDT', 'BTC/USD'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.kraken.com/v2`);
  const isBook = ({ json }: WireFrame): boolean => json?.['channel'] === 'book';
  const booksOf = (client: WireClient): BookFrame[] =>
    client.frames.filter(isBook).map(({ json }) => json as unknown as BookFrame);
  const subscribe = (symbol: string, depth?: number): object => ({
    method: 'subscribe',
    params: { channel: 'book', symbol: [symbol], ...(depth === undefined ? {} : { depth }) },
    req_id: 9,
  });

  it.each([10, 25, 100, 500, 1000])(
    'keeps a subscriber that cuts to %i levels true, checksums included',
    async (depth) => {
      const client = await socket();
      client.send(subscribe('DOGE/USDT', depth));
      await client.until(() => booksOf(client).length >= 60, 'sixty frames');
      client.close();
      expect(client.frames[0]?.json).toMatchObject({
        channel: 'status',
        data: [{ system: 'online', api_version: 'v2' }],
      });
      expect(client.frames[1]?.json).toMatchObject({
        ...{ method: 'subscribe', req_id: 9, success: true },
        result: { channel: 'book', depth, snapshot: true, symbol: 'DOGE/USDT' },
      });
      const book = new FollowedBook();
      for (const [index, frame] of booksOf(client).entries()) {
        expect(frame.type).toBe(index === 0 ? 'snapshot' : 'update');
        for (const side of ['bids', 'asks'] as const) {
          book.apply(
            side,
            frame.data[0][side].map(({ price, qty }) => [price, qty]),
          );
        }
        book.cut(depth);
        expect(checksum(book)).toBe(frame.data[0].checksum);
        expect(frame.data[0].timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      }
    },
  );

  it('writes numbers with all their decimals', async () => {
    const client = await socket();
    client.send(subscribe('DOGE/USDT'));
    const snapshot = await client.frame(isBook, 'the snapshot');
    client.close();
    expect(snapshot.text).toMatch(/"bids":\[\{"price":0\.\d{7},"qty":\d+\.\d{8}\},/);
  });

  it('answers pings, refuses a second subscription, unknown pairs, depths and channels', async () => {
    const client = await socket();
    const answer = async (message: object): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      const { json } = await client.frame((frame) => frame.json?.['time_out'] !== undefined, 'an answer', mark);
      return json?.['error'] ?? json?.['method'];
    };
    expect(await answer({ method: 'ping', req_id: 1 })).toBe('pong');
    expect(await answer(subscribe('BTC/USD', 25))).toBe('subscribe');
    expect(await answer(subscribe('BTC/USD', 100))).toBe('Already subscribed');
    expect(await answer(subscribe('NO/PE'))).toBe('Currency pair not supported NO/PE');
    expect(await answer(subscribe('DOGE/USDT', 7))).toBe('Depth not supported');
    expect(await answer({ method: 'subscribe', params: { channel: 'nope' } })).toBe('Unsupported channel');
    const off = { method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 25 } };
    expect(await answer(off)).toBe('unsubscribe');
    expect(await answer(off)).toBe('Subscription Not Found');
    client.close();
  });

  it('names its pairs in REST as the exchange does', async () => {
    const response = await fetch(`${simulator.url}/api.kraken.com/0/public/AssetPairs`);
    const { result } = (await response.json()) as { result: Record<string, { wsname: string; fees: number[][] }> };
    expect(Object.entries(result).map(([id, { wsname }]) => [id, wsname])).toEqual([
      ['XDGUSDT', 'XDG/USDT'],
      ['XXBTZUSD', 'XBT/USD'],
    ]);
    expect(result['XXBTZUSD']?.fees[0]).toEqual([0, 0.4]);
  });

  describe('with a key', () => {
    let nonce = Date.now();
    const signed = async (
      path: string,
      key: { apiKey: string; secret: string },
      { extra = '', at = (nonce += 1) } = {},
    ): Promise<{ error: string[]; result?: Record<string, unknown> }> => {
      const body = `nonce=${at}${extra}`;
      const digest = createHash('sha256').update(`${at}${body}`).digest();
      const sign = createHmac('sha512', Buffer.from(key.secret, 'base64'))
        .update(Buffer.concat([Buffer.from(path), digest]))
        .digest('base64');
      const response = await fetch(`${simulator.url}/api.kraken.com${path}`, {
        ...{ method: 'POST', body },
        headers: { 'API-Key': key.apiKey, 'API-Sign': sign, 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      return (await response.json()) as { error: string[] };
    };
    const info = '/0/private/GetApiKeyInfo';

    it('tells fees and what the key may do', async () => {
      const key = simulator.createKey('kraken', { scopes: { withdraw: true }, label: 'desk' });
      const { result } = await signed(info, key);
      expect(result).toMatchObject({ apiKeyName: 'desk', ipAllowlist: [], validUntil: '0' });
      expect(result?.['permissions']).toEqual(expect.arrayContaining(['query-funds', 'withdraw-funds']));
      const volume = await signed('/0/private/TradeVolume', key, { extra: '&pair=XXBTZUSD' });
      expect(volume.result?.['fees']).toMatchObject({ XXBTZUSD: { fee: '0.1400' } });
    });

    it('refuses with the texts of the exchange', async () => {
      const key = simulator.createKey('kraken');
      const error = async (...call: Parameters<typeof signed>): Promise<unknown> => (await signed(...call)).error[0];
      const other = Buffer.from('another secret').toString('base64');
      expect(await error(info, { ...key, secret: other })).toBe('EAPI:Invalid signature');
      expect(await error(info, { ...key, apiKey: 'unknown' })).toBe('EAPI:Invalid key');
      const at = (nonce += 1);
      expect(await error(info, key, { at })).toBeUndefined();
      expect(await error(info, key, { at })).toBe('EAPI:Invalid nonce');
      const blind = simulator.createKey('kraken', { scopes: { read: false, trade: true } });
      expect(await error('/0/private/BalanceEx', blind)).toBe('EGeneral:Permission denied');
      expect(await error(info, simulator.createKey('kraken', { ipList: ['203.0.113.9'] }))).toBe('EAPI:Invalid key');
      simulator.revokeKey('kraken', key.apiKey);
      expect(await error(info, key)).toBe('EAPI:Invalid key');
    });
  });
});
