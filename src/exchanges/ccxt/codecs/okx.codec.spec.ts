import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { okxCodec } from './okx.codec.js';

const market = { exchange: 'okx', symbol: 'BTC/USDT', id: 'BTC-USDT' };
const frame = (action: string, row: object): object => ({
  arg: { channel: 'books', instId: 'BTC-USDT' },
  action,
  data: [{ bids: [], asks: [], ts: '1700000000123', ...row }],
});
const snapshot = frame('snapshot', {
  bids: [
    ['100.1', '2', '0', '3'],
    ['100', '1', '0', '1'],
  ],
  asks: [['100.2', '5', '0', '1']],
  prevSeqId: -1,
  seqId: 10,
});

describe('okx codec', () => {
  it('keeps the book from a snapshot and the deltas that follow it', () => {
    const rig = new CodecRig(okxCodec, market);
    rig.receive(snapshot);
    rig.receive(
      frame('update', {
        bids: [['100.1', '0', '0', '0']],
        asks: [['100.15', '3', '0', '1']],
        prevSeqId: 10,
        seqId: 14,
      }),
    );
    expect(rig.top()).toBe('100×1 | 100.15×3 100.2×5');
    expect(rig.book).toMatchObject({ sequence: 14, exchangeTimeMs: 1_700_000_000_123, receivedAtMs: 1_002 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('throws the book away at a gap and ignores deltas until the next snapshot', () => {
    const rig = new CodecRig(okxCodec, market);
    rig.receive(snapshot);
    rig.receive(frame('update', { bids: [['100.1', '9', '0', '1']], prevSeqId: 11, seqId: 12 }));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    expect(rig.book.isUsable).toBe(false);
    rig.receive(frame('update', { bids: [['100.1', '9', '0', '1']], prevSeqId: 12, seqId: 13 }));
    expect(rig.book.bids.length).toBe(0);
    rig.receive(snapshot);
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
  });

  it('goes on through a frame without change and a number that falls back', () => {
    const rig = new CodecRig(okxCodec, market);
    rig.receive(snapshot);
    rig.receive(frame('update', { prevSeqId: 10, seqId: 10 }));
    rig.receive(frame('update', { prevSeqId: 10, seqId: 3 }));
    rig.receive(frame('update', { asks: [['100.2', '6', '0', '1']], prevSeqId: 3, seqId: 5 }));
    expect(rig.broken).toEqual([]);
    expect(rig.top(1)).toBe('100.1×2 | 100.2×6');
  });

  it('names the market whose subscription is refused', () => {
    const rig = new CodecRig(okxCodec, market);
    rig.receive({ event: 'error', code: '60018', msg: "Wrong URL or channel:books,instId:BTC-USDT doesn't exist." });
    expect(rig.refused).toEqual([expect.stringMatching(/^BTC\/USDT 60018/)]);
  });

  it('leaves what is not about books to others', () => {
    const rig = new CodecRig(okxCodec, market);
    expect(rig.receive({ arg: { channel: 'tickers', instId: 'BTC-USDT' }, data: [{}] })).toBe(false);
  });

  it('asks for a fresh snapshot by leaving and joining', () => {
    const [leave, join] = new CodecRig(okxCodec, market).codec
      .resubscribe('BTC-USDT')
      .map((text) => JSON.parse(text) as object);
    const args = [{ channel: 'books', instId: 'BTC-USDT' }];
    expect([leave, join]).toEqual([
      { op: 'unsubscribe', args },
      { op: 'subscribe', args },
    ]);
  });
});
