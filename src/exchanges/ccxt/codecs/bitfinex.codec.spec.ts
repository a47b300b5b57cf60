import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { bitfinexCodec } from './bitfinex.codec.js';
import { CodecRig } from './codec-rig.js';

const market = { exchange: 'bitfinex', symbol: 'BTC/USDT', id: 'tBTCUST' };
const CHANNEL = 7;
const JOINED = { event: 'subscribed', channel: 'book', chanId: CHANNEL, symbol: 'tBTCUST', prec: 'P0', len: '100' };
const AT = 1_700_000_000_000;
const BOOK = [
  [100, 1, 1],
  [99, 2, 2.5],
  [101, 3, -3],
];

/** As the exchange documents it: numbers as JavaScript writes them, bid and ask in turn, asks negative, signed. */
const checksum = (...numbers: number[]): number => crc32(numbers.join(':')) | 0;

/** A rig whose book is subscribed, with frames numbered and timed as the flags ask for. */
class NumberedRig extends CodecRig {
  private sequence = 0;

  constructor(depth = 50) {
    super(bitfinexCodec, market, 200, depth);
    this.codec.subscribe(['tBTCUST']);
    this.receive(JOINED);
  }

  frame(...payload: unknown[]): boolean {
    this.sequence += 1;
    return this.receive([CHANNEL, ...payload, this.sequence, AT + this.sequence]);
  }

  skip(): void {
    this.sequence += 1;
  }
}

describe('bitfinex codec', () => {
  it('asks for times, numbers and checksums before it subscribes', () => {
    const rig = new CodecRig(bitfinexCodec, market);
    expect(rig.codec.subscribe(['tBTCUST', 'tDOGE:UST'])).toEqual([
      JSON.stringify({ event: 'conf', flags: 229_376 }),
      ...['tBTCUST', 'tDOGE:UST'].map((symbol) =>
        JSON.stringify({ event: 'subscribe', channel: 'book', symbol, prec: 'P0', freq: 'F0', len: '100' }),
      ),
    ]);
    expect([5, 25, 26, 100, 101, 1_000].map((wanted) => bitfinexCodec.fedDepth(wanted))).toEqual([
      ...[25, 25, 100, 100, 250, 250],
    ]);
  });

  it('shows the snapshot at once, and levels only when their checksum has proven them all', () => {
    const rig = new NumberedRig();
    rig.frame(BOOK);
    expect([rig.top(), rig.states]).toEqual(['100×1 99×2.5 | 101×3', ['connecting', 'live']]);
    const told = (): number => rig.events.filter((event) => event.type === 'book').length;
    rig.frame([101.5, 1, 0.25]);
    rig.frame([101, 0, -1]);
    rig.frame([102, 2, -4]);
    rig.frame([99, 0, 1]);
    expect([rig.top(), told()]).toEqual(['100×1 99×2.5 | 101×3', 1]);
    rig.frame('cs', checksum(101.5, 0.25, 102, -4, 100, 1));
    expect([rig.top(), told()]).toEqual(['101.5×0.25 100×1 | 102×4', 2]);
    expect(rig.book).toMatchObject({ sequence: null, exchangeTimeMs: AT + 6 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('covers the best 25 levels, whatever lies below, and writes small numbers as JavaScript does', () => {
    const rig = new NumberedRig();
    const bids = Array.from({ length: 30 }, (_, rank) => [(60 - rank) / 1e8, 1, 1e-7 * (rank + 1)]);
    const asks = Array.from({ length: 2 }, (_, rank) => [(61 + rank) / 1e6, 1, -1.5e21]);
    rig.frame([...bids, ...asks]);
    const proven = bids.slice(0, 25).flatMap(([price, , size], rank) => {
      const ask = asks[rank];
      return ask ? [price!, size!, ask[0]!, ask[2]!] : [price!, size!];
    });
    expect(proven.slice(0, 4).join(':')).toBe('6e-7:1e-7:0.000061:-1.5e+21');
    rig.frame('cs', checksum(...proven));
    expect(rig.states).toEqual(['connecting', 'live']);
    rig.frame([60 / 1e8, 1, 2e-7]);
    rig.frame('cs', checksum(...proven));
    expect(rig.states.at(-1)).toBe('checksum');
  });

  it('leaves the channel and joins another when a checksum does not fit', () => {
    const rig = new NumberedRig();
    rig.frame(BOOK);
    rig.frame([100, 1, 5]);
    rig.frame('cs', checksum(100, 1, 101, -3, 99, 2.5));
    expect([rig.states.at(-1), rig.book.isUsable]).toEqual(['checksum', false]);
    rig.codec.restart('tBTCUST');
    expect(rig.codec.resubscribe('tBTCUST')).toEqual([JSON.stringify({ event: 'unsubscribe', chanId: CHANNEL })]);
    rig.frame([100, 1, 6]);
    rig.receive({ event: 'unsubscribed', status: 'OK', chanId: CHANNEL });
    expect(rig.sent.map((text) => JSON.parse(text) as object)).toMatchObject([
      { event: 'subscribe', symbol: 'tBTCUST', len: '100' },
    ]);
    rig.frame(BOOK);
    rig.receive({ ...JOINED, chanId: 8 });
    expect(rig.book.isUsable).toBe(false);
    rig.receive([8, BOOK, 6, AT]);
    expect(rig.states).toEqual(['connecting', 'live', 'checksum', 'live']);
  });

  it('gives up the connection when a number is missing, be it that of a heartbeat or of a foreign channel', () => {
    const rig = new NumberedRig();
    rig.frame(BOOK);
    rig.frame('hb');
    rig.receive([99, 'hb', 3, AT]);
    expect(rig.broken).toEqual([]);
    rig.skip();
    rig.skip();
    rig.frame([100, 1, 2]);
    expect(rig.broken).toEqual(['* sequence_gap']);
    expect(rig.book.isUsable).toBe(false);
  });

  it('follows a server that heeds but one of the flags', () => {
    for (const ending of [[], [AT]]) {
      const rig = new NumberedRig();
      rig.receive([CHANNEL, BOOK, ...ending]);
      rig.receive([CHANNEL, [100, 1, 2], ...ending]);
      rig.receive([CHANNEL, 'cs', checksum(100, 2, 101, -3, 99, 2.5), ...ending]);
      expect([rig.states, rig.broken]).toEqual([['connecting', 'live'], []]);
      expect(rig.book.exchangeTimeMs).toBe(ending[0] ?? null);
    }
  });

  it('throws a book away when no checksum follows its changes', () => {
    const rig = new NumberedRig();
    rig.frame(BOOK);
    rig.frame('hb');
    rig.frame([100, 1, 2]);
    rig.nowMs += 1_900;
    rig.frame('hb');
    expect(rig.broken).toEqual([]);
    rig.nowMs += 100;
    rig.frame('hb');
    expect(rig.broken).toEqual(['BTC/USDT checksum']);

    const flooded = new NumberedRig();
    flooded.frame(BOOK);
    flooded.nowMs = 0;
    for (let count = 0; count < 5_000; count++) {
      flooded.nowMs = 0;
      flooded.frame([100, 1, 1 + count]);
    }
    expect(flooded.broken).toEqual(['BTC/USDT checksum']);
  });

  it('keeps the best levels of the subscribed depth', () => {
    const rig = new NumberedRig(25);
    const bids = Array.from({ length: 25 }, (_, rank) => [100 - rank, 1, 1]);
    rig.frame([...bids, [101, 1, -1]]);
    rig.frame([100.5, 1, 2]);
    rig.frame('cs', checksum(100.5, 2, 101, -1, ...bids.slice(0, 24).flatMap(([price]) => [price!, 1])));
    expect([rig.states, rig.book.bids.length]).toEqual([['connecting', 'live'], 25]);
  });

  it('names the market of a refusal, and forgets a channel that the exchange does not know', () => {
    const rig = new NumberedRig();
    rig.receive({ event: 'error', msg: 'subscribe: dup', code: 10_301, symbol: 'tBTCUST' });
    rig.receive({ event: 'error', msg: 'unsubscribe: invalid', code: 10_400, chanId: CHANNEL });
    rig.receive({ event: 'conf', status: 'FAILED' });
    expect(rig.refused).toEqual([
      ...['BTC/USDT 10301 subscribe: dup', 'BTC/USDT 10400 unsubscribe: invalid', '? conf FAILED'],
    ]);
    expect(rig.codec.resubscribe('tBTCUST').map((text) => JSON.parse(text) as object)).toMatchObject([
      { event: 'subscribe', symbol: 'tBTCUST' },
    ]);
  });

  it('asks for everything again when the exchange restarts or goes through maintenance', () => {
    for (const code of [20_051, 20_060, 20_061]) {
      const rig = new NumberedRig();
      rig.frame(BOOK);
      rig.receive({ event: 'info', version: 2, platform: { status: 1 } });
      expect(rig.broken).toEqual([]);
      rig.receive({ event: 'info', code, msg: 'upheaval' });
      expect(rig.broken).toEqual(['BTC/USDT feed_error']);
    }
  });

  it('takes nothing from frames without sense', () => {
    const rig = new NumberedRig();
    rig.receive([]);
    rig.receive(['book', BOOK]);
    rig.receive([CHANNEL]);
    rig.frame([100, 1, 1]);
    rig.frame('cs', 1);
    expect(rig.receive({ event: 'pong', cid: 1 })).toBe(false);
    expect(rig.states).toEqual(['connecting']);
    rig.frame(BOOK);
    rig.frame([-1, 1, 1]);
    rig.frame('cs', 1);
    expect(rig.states).toEqual(['connecting', 'live', 'bad_level']);
  });
});
