import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { bybitCodec } from './bybit.codec.js';

const market = { exchange: 'bybit', symbol: 'BTC/USDT', id: 'BTCUSDT' };
const frame = (type: string, u: number, b: string[][], a: string[][]): object => ({
  topic: 'orderbook.50.BTCUSDT',
  type,
  ts: 1_700_000_000_200,
  cts: 1_700_000_000_190,
  data: { s: 'BTCUSDT', b, a, u, seq: u * 7 },
});
const ladder = (from: number, step: number): string[][] =>
  Array.from({ length: 50 }, (_, rank) => [String(from + rank * step), '1']);

describe('bybit codec', () => {
  it('follows u by one and takes the time of the matching engine', () => {
    const rig = new CodecRig(bybitCodec, market);
    rig.receive(frame('snapshot', 5, [['100', '1']], [['101', '2']]));
    rig.receive(
      frame(
        'delta',
        6,
        [
          ['100', '0'],
          ['99', '4'],
        ],
        [],
      ),
    );
    expect(rig.top()).toBe('99×4 | 101×2');
    expect(rig.book).toMatchObject({ sequence: 6, exchangeTimeMs: 1_700_000_000_190 });
  });

  it('notices a dropped frame', () => {
    const rig = new CodecRig(bybitCodec, market);
    rig.receive(frame('snapshot', 5, [['100', '1']], [['101', '2']]));
    rig.receive(frame('delta', 7, [['100', '3']], []));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    expect(rig.book.isUsable).toBe(false);
  });

  it('replaces the book by a snapshot at any time', () => {
    const rig = new CodecRig(bybitCodec, market);
    rig.receive(frame('snapshot', 500, [['100', '1']], [['101', '2']]));
    rig.receive(frame('snapshot', 1, [['90', '1']], [['91', '2']]));
    rig.receive(frame('delta', 2, [['90', '8']], []));
    expect(rig.top()).toBe('90×8 | 91×2');
    expect(rig.broken).toEqual([]);
  });

  it('forgets what falls out of the fed depth, and tells followers so', () => {
    const rig = new CodecRig(bybitCodec, market);
    rig.receive(frame('snapshot', 1, ladder(100, -1), ladder(101, 1)));
    rig.receive(frame('delta', 2, [['100.5', '2']], []));
    expect(rig.book.bids.length).toBe(50);
    const told = rig.events.flatMap((event) => (event.type === 'book' ? [event.update.bids] : [])).at(-1);
    expect(told).toEqual([100.5, 2, 51, 0]);
  });

  it('throws a crossed book away', () => {
    const rig = new CodecRig(bybitCodec, market);
    rig.receive(frame('snapshot', 1, [['100', '1']], [['101', '2']]));
    rig.receive(frame('delta', 2, [['102', '1']], []));
    expect(rig.states.at(-1)).toBe('crossed_book');
    expect(rig.events.filter((event) => event.type === 'book')).toHaveLength(1);
    rig.receive(frame('delta', 3, [['102', '0']], []));
    expect(rig.book.isUsable).toBe(false);
  });

  it('asks for at most ten topics in one frame', () => {
    const ids = Array.from({ length: 23 }, (_, index) => `S${index}USDT`);
    const frames = new CodecRig(bybitCodec, market).codec
      .subscribe(ids)
      .map((text) => JSON.parse(text) as { args: string[] });
    expect(frames.map((sent) => sent.args.length)).toEqual([10, 10, 3]);
  });
});
