import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { binanceCodec } from './binance.codec.js';

const market = { exchange: 'binance', symbol: 'BTC/USDT', id: 'BTCUSDT' };
const delta = (U: number, u: number, b: string[][] = [], a: string[][] = []): object => ({
  e: 'depthUpdate',
  E: 1_700_000_000_000 + u,
  s: 'BTCUSDT',
  U,
  u,
  b,
  a,
});
const rest = (sequence: number, bids = [['100', '1']], asks = [['101', '1']]) => ({ sequence, bids, asks });

describe('binance codec', () => {
  it('keeps frames back, asks once for a snapshot, and drops what the snapshot holds', () => {
    const rig = new CodecRig(binanceCodec, market);
    rig.receive(delta(1, 4, [['100', '7']]));
    rig.receive(delta(5, 9, [['100', '5']]));
    rig.receive(delta(10, 12, [], [['101', '3']]));
    expect(rig.wanted).toEqual(['BTCUSDT']);
    expect(rig.book.isUsable).toBe(false);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(7), 2_000);
    expect(rig.top()).toBe('100×5 | 101×3');
    expect(rig.book).toMatchObject({ sequence: 12, receivedAtMs: 2_000, exchangeTimeMs: 1_700_000_000_012 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('asks again for a snapshot that is older than the first frame kept', () => {
    const rig = new CodecRig(binanceCodec, market);
    rig.receive(delta(50, 55));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(40), 2_000);
    expect(rig.wanted).toEqual(['BTCUSDT', 'BTCUSDT']);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(49), 2_001);
    expect(rig.book.sequence).toBe(55);
  });

  it('takes a snapshot newer than every frame kept', () => {
    const rig = new CodecRig(binanceCodec, market);
    rig.receive(delta(1, 4));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(20), 2_000);
    rig.receive(delta(5, 18, [['100', '9']]));
    rig.receive(delta(19, 22, [['99', '2']]));
    rig.receive(delta(23, 24, [['99', '3']]));
    expect(rig.top()).toBe('100×1 99×3 | 101×1');
    expect(rig.broken).toEqual([]);
  });

  it('notices a gap, and starts anew at the next frame', () => {
    const rig = new CodecRig(binanceCodec, market);
    rig.receive(delta(1, 4));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(4), 2_000);
    rig.receive(delta(5, 6));
    rig.receive(delta(8, 9));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    rig.receive(delta(10, 11));
    expect(rig.wanted).toEqual(['BTCUSDT', 'BTCUSDT']);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(11), 2_100);
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
  });

  it('notices a gap between the snapshot and the first frame after it', () => {
    const rig = new CodecRig(binanceCodec, market);
    rig.receive(delta(1, 4));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(4), 2_000);
    rig.receive(delta(6, 8));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });

  it('keeps a bounded number of frames back', () => {
    const rig = new CodecRig(binanceCodec, market);
    for (let u = 1; u <= 1_200; u++) rig.receive(delta(u, u));
    expect(rig.wanted.length).toBe(1);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(300), 1_999);
    expect(rig.wanted.length).toBe(2);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(1_100), 2_000);
    expect(rig.book.sequence).toBe(1_200);
  });

  it('reads the answer of the depth endpoint and refuses any other', () => {
    const source = binanceCodec.snapshots!;
    expect(source.read({ lastUpdateId: '7', bids: [['1', '2']], asks: [] })).toEqual({
      sequence: 7,
      bids: [['1', '2']],
      asks: [],
    });
    expect(source.read({ code: -1121, msg: 'Invalid symbol.' })).toBeNull();
    expect(source.parameters('BTCUSDT', 200)).toEqual({ symbol: 'BTCUSDT', limit: 500 });
  });
});
