import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface BookFrame {
  readonly arg: { readonly channel: string; readonly instId: string };
  readonly action: string;
  readonly data: readonly [
    {
      readonly asks: [string, string, string, string][];
      readonly bids: [string, string, string, string][];
      readonly checksum: number;
      readonly seqId: number;
      readonly prevSeqId: number;
    },
  ];
}

// As okx documents it: CRC-32, signed, over the texts as sent, best 25 levels, bid and ask in turn.
class BookText {
  private readonly levels = { bids: new Map<string, string>(), asks: new Map<string, string>() };

  apply(side: 'bids' | 'asks', rows: readonly (readonly string[])[]): void {
    for (const [price = '', size = ''] of rows) {
      if (size === '0') this.levels[side].delete(price);
      else this.levels[side].set(price, size);
    }
  }

  checksum(): number {
    const bids = this.best('bids', -1);
    const asks = this.best('asks', 1);
    return crc32(bids.map((bid, rank) => `${bid}:${asks[rank] ?? ''}`).join(':')) | 0;
  }

  private best(side: 'bids' | 'asks', sign: 1 | -1): string[] {
    const sorted = [...this.levels[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)));
    return sorted.slice(0, 25).map((level) => level.join(':'));
  }
}

describe('okx on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 2, symbols: ['BTC/USDT', 'USDC/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.okx.com:8443/ws/v5/public`);
  const booksOf = (client: WireClient, action: string): BookFrame[] =>
    client.frames.map(({ json }) => json as unknown as BookFrame).filter((json) => json.action === action);
  const subscribe = { op: 'subscribe', args: [{ channel: 'books', instId: 'BTC-USDT' }] };

  it('sends a snapshot and a chain of updates whose checksums are those of the text received', async () => {
    const client = await socket();
    client.send(subscribe);
    await client.until(() => booksOf(client, 'update').length >= 40, 'forty updates');
    client.close();
    expect(client.frames[0]?.json).toMatchObject({ event: 'subscribe', arg: { channel: 'books', instId: 'BTC-USDT' } });
    const frames = [...booksOf(client, 'snapshot'), ...booksOf(client, 'update')];
    expect(frames[0]?.data[0].prevSeqId).toBe(-1);
    const followed = new FollowedBook();
    const texts = new BookText();
    for (const [index, { data }] of frames.entries()) {
      const [book] = data;
      if (index > 0) expect(book.prevSeqId).toBe(frames[index - 1]?.data[0].seqId);
      for (const side of ['bids', 'asks'] as const) {
        followed.apply(side, book[side]);
        texts.apply(side, book[side]);
      }
      expect(texts.checksum()).toBe(book.checksum);
    }
    const truth = simulator.book('okx', 'BTC/USDT', frames.at(-1)?.data[0].seqId);
    expect(truth?.bids.length).toBeGreaterThanOrEqual(200);
    expect(followed.top('bids', 400)).toEqual(truth?.bids);
    expect(followed.top('asks', 400)).toEqual(truth?.asks);
  });

  it('sends five whole levels on books5 and one on bbo-tbt, answers ping, stops after unsubscribe', async () => {
    const client = await socket();
    client.send('ping');
    client.send({
      op: 'subscribe',
      args: ['books5', 'bbo-tbt'].map((channel) => ({ channel, instId: 'USDC-USDT' })),
    });
    const dataOf = (channel: string) => (frame: { json: Readonly<Record<string, unknown>> | null }) =>
      (frame.json?.['arg'] as { channel?: string } | undefined)?.channel === channel && 'data' in (frame.json ?? {});
    const five = await client.frame(dataOf('books5'), 'books5');
    const one = await client.frame(dataOf('bbo-tbt'), 'bbo-tbt');
    expect(client.frames[0]?.text).toBe('pong');
    expect((five.json?.['data'] as BookFrame['data'])[0].bids).toHaveLength(5);
    expect((one.json?.['data'] as BookFrame['data'])[0].asks).toHaveLength(1);
    client.send({ op: 'unsubscribe', args: [{ channel: 'books5', instId: 'USDC-USDT' }] });
    await client.frame(({ json }) => json?.['event'] === 'unsubscribe', 'the acknowledgement');
    const mark = client.frames.length;
    await client.until(() => client.frames.length > mark + 5, 'more of bbo-tbt');
    expect(client.frames.slice(mark).filter(dataOf('books5'))).toEqual([]);
    client.close();
  });

  it('refuses a channel or an instrument that does not exist, and what is no command', async () => {
    const client = await socket();
    client.send({ op: 'subscribe', args: [{ channel: 'books', instId: 'NO-PE' }] });
    client.send('{"op":7}');
    await client.frame(({ json }) => json?.['code'] === '60018', 'the instrument error');
    await client.frame(({ json }) => json?.['code'] === '60012', 'the command error');
    client.close();
  });

  describe('with a key', () => {
    const signed = async (
      path: string,
      key: { apiKey: string; secret: string; passphrase: string | null },
      at = new Date().toISOString(),
    ): Promise<{ code: string; data?: Record<string, unknown>[] }> => {
      const response = await fetch(`${simulator.url}/www.okx.com${path}`, {
        headers: {
          'OK-ACCESS-KEY': key.apiKey,
          'OK-ACCESS-PASSPHRASE': key.passphrase ?? '',
          'OK-ACCESS-TIMESTAMP': at,
          'OK-ACCESS-SIGN': createHmac('sha256', key.secret).update(`${at}GET${path}`).digest('base64'),
        },
      });
      return (await response.json()) as { code: string };
    };
    const config = '/api/v5/account/config';

    it('tells fees, permissions and networks', async () => {
      const key = simulator.createKey('okx', { scopes: { trade: true, withdraw: true }, label: 'desk' });
      expect((await signed(config, key)).data?.[0]).toMatchObject({
        perm: 'read_only,trade,withdraw',
        ip: '',
        label: 'desk',
      });
      const fee = await signed('/api/v5/account/trade-fee?instType=SPOT&instId=BTC-USDT', key);
      expect(fee.data?.[0]).toMatchObject({ taker: '-0.0008', maker: '-0.0006' });
      const chains = (await signed('/api/v5/asset/currencies?ccy=USDT', key)).data?.map((row) => row['chain']);
      expect(chains).toEqual(['USDT-TRC20', 'USDT-ERC20', 'USDT-Solana']);
    });

    it('refuses with the codes of the exchange', async () => {
      const key = simulator.createKey('okx');
      const code = async (other: object, at?: string): Promise<string> =>
        (await signed(config, { ...key, ...other }, at)).code;
      expect(await code({})).toBe('0');
      expect(await code({ secret: 'wrong' })).toBe('50113');
      expect(await code({ passphrase: 'wrong' })).toBe('50105');
      expect(await code({ apiKey: 'wrong' })).toBe('50111');
      expect(await code({ apiKey: '00000000-0000-4000-8000-000000000000' })).toBe('50119');
      expect(await code({}, new Date(Date.now() - 60_000).toISOString())).toBe('50102');
      expect(await code(simulator.createKey('okx', { ipList: ['203.0.113.9'] }))).toBe('50110');
      expect(await code(simulator.createKey('okx', { scopes: { read: false } }))).toBe('50120');
      simulator.revokeKey('okx', key.apiKey);
      expect(await code({})).toBe('50119');
    });
  });
});
