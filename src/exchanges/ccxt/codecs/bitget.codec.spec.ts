import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { bitgetCodec } from './bitget.codec.js';
import { CodecRig } from './codec-rig.js';

const market = { exchange: 'bitget', symbol: 'BTC/USDT', id: 'BTCUSDT' };
type Level = readonly [price: string, size: string];

/** The exchange's recipe over the texts as sent, as its page describes it; written apart from the code under test. */
function documented(bids: readonly Level[], asks: readonly Level[]): number {
  const parts: string[] = [];
  for (let rank = 0; rank < 25; rank++) {
    const pair = [bids[rank], asks[rank]].filter((level) => level !== undefined);
    parts.push(...pair.map((level) => level.join(':')));
  }
  return crc32(parts.join(':')) | 0;
}
const frame = (action: string, row: object): object => ({
  action,
  arg: { instType: 'SPOT', channel: 'books', instId: 'BTCUSDT' },
  data: [{ bids: [], asks: [], ts: '1700000000123', ...row }],
  ts: 1_700_000_000_125,
});
const side = (from: number, step: number, length: number): Level[] =>
  Array.from({ length }, (_, rank) => [(from + rank * step).toFixed(2), (0.5 + rank / 4).toFixed(4)] as const);
// Trailing zeros as in the documents' examples: 100.10 and 0.5000.
const bids = side(100.1, -0.1, 40);
const asks = side(100.2, 0.1, 30);
const snapshot = frame('snapshot', { bids, asks, checksum: 0, seq: 10, pseq: 0 });

describe('bitget codec', () => {
  it('proves changes by the checksum of the texts as they were sent', () => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(snapshot);
    const gone = bids.slice(1);
    rig.receive(frame('update', { bids: [['100.10', '0']], checksum: documented(gone, asks), seq: 12 }));
    const changed: Level[] = [['100.15', '3.0'], ...asks];
    rig.receive(frame('update', { asks: [['100.15', '3.0']], checksum: documented(gone, changed), seq: 13 }));
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.top(1)).toBe('100×0.75 | 100.15×3');
    expect(rig.book).toMatchObject({ sequence: 13, exchangeTimeMs: 1_700_000_000_123 });
  });

  it('proves a book with fewer than 25 levels on a side', () => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(frame('snapshot', { bids: bids.slice(0, 1), asks: asks.slice(0, 3), seq: 1 }));
    const changed: Level[] = [['100.10', '7']];
    rig.receive(frame('update', { bids: changed, checksum: documented(changed, asks.slice(0, 3)), seq: 2 }));
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('throws the book away when the checksum differs, and waits for the next snapshot', () => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(snapshot);
    rig.receive(frame('update', { bids: [['100.10', '9']], checksum: documented(bids, asks), seq: 11 }));
    expect(rig.states.at(-1)).toBe('checksum');
    rig.receive(frame('update', { bids: [['100.10', '9']], checksum: 1, seq: 12 }));
    expect(rig.book.isUsable).toBe(false);
    rig.receive(snapshot);
    expect(rig.states).toEqual(['connecting', 'live', 'checksum', 'live']);
  });

  it('proves changes by the number of the frame before where they carry it', () => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(snapshot);
    rig.receive(frame('update', { bids: [['100.10', '9']], seq: 17, pseq: 10 }));
    rig.receive(frame('update', { bids: [['100.10', '8']], seq: 30, pseq: 17 }));
    expect(rig.top(1)).toBe('100.1×8 | 100.2×0.5');
    rig.receive(frame('update', { bids: [['100.10', '7']], seq: 44, pseq: 31 }));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });

  it.each([
    ['carries no proof at all', { seq: 11 }],
    ['has no proof but zeros', { seq: 11, pseq: 0, checksum: 0 }],
    ['goes back in number', { seq: 9, checksum: documented([['100.10', '9'], ...bids.slice(1)], asks) }],
  ])('does not believe a change that %s', (_what, proof) => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(snapshot);
    rig.receive(frame('update', { bids: [['100.10', '9']], ...proof }));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });

  it('stays right through more far levels than it remembers', () => {
    const rig = new CodecRig(bitgetCodec, market);
    rig.receive(snapshot);
    for (let seq = 11; seq <= 20; seq++) {
      const far = Array.from({ length: 600 }, (_, rank) => [(90 - (seq * 600 + rank) / 1_000).toFixed(3), '1']);
      rig.receive(frame('update', { bids: far, checksum: documented(bids, asks), seq }));
    }
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('names the market whose subscription is refused, and asks anew by leaving and joining', () => {
    const rig = new CodecRig(bitgetCodec, market);
    const arg = { instType: 'SPOT', channel: 'books', instId: 'BTCUSDT' };
    rig.receive({ event: 'error', arg, code: 30001, msg: "instId:BTCUSDT doesn't exist", op: 'subscribe' });
    rig.receive({ event: 'error', code: 30006, msg: 'too many requests' });
    expect(rig.refused).toEqual(["BTC/USDT 30001 instId:BTCUSDT doesn't exist", '? 30006 too many requests']);
    expect(rig.codec.resubscribe('BTCUSDT').map((text) => JSON.parse(text) as object)).toEqual([
      { op: 'unsubscribe', args: [arg] },
      { op: 'subscribe', args: [arg] },
    ]);
  });

  it('leaves what is not about books to others', () => {
    const arg = { instType: 'SPOT', channel: 'ticker', instId: 'BTCUSDT' };
    expect(new CodecRig(bitgetCodec, market).receive({ action: 'snapshot', arg, data: [{}] })).toBe(false);
  });
});
