import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { gateCodec } from './gate.codec.js';

const market = { exchange: 'gate', symbol: 'BTC/USDT', id: 'BTC_USDT' };
const STREAM = 'ob.BTC_USDT.50';
const frame = (result: object): object => ({
  channel: 'spot.obu',
  result: { t: 1_700_000_000_123, s: STREAM, ...result },
  time_ms: 1_700_000_000_125,
  event: 'update',
});
const full = frame({
  full: true,
  u: 10,
  b: [
    ['100.1', '2'],
    ['100', '1'],
  ],
  a: [['100.2', '5']],
});

describe('gate codec', () => {
  it('keeps the book from a full one and the changes that follow, of one side or both', () => {
    const rig = new CodecRig(gateCodec, market);
    rig.receive(full);
    rig.receive(frame({ U: 11, u: 14, b: [['100.1', '0']] }));
    rig.receive(frame({ U: 15, u: 15, a: [['100.15', '3']] }));
    expect(rig.top()).toBe('100×1 | 100.15×3 100.2×5');
    expect(rig.book).toMatchObject({ sequence: 15, exchangeTimeMs: 1_700_000_000_123 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it.each([
    ['missing', 12],
    ['repeated', 10],
  ])('throws the book away when a change is %s, and waits for the next full book', (_what, first) => {
    const rig = new CodecRig(gateCodec, market);
    rig.receive(full);
    rig.receive(frame({ U: first, u: 13, b: [['100.1', '9']] }));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    rig.receive(frame({ U: 14, u: 14, b: [['100.1', '9']] }));
    expect(rig.book.bids.length).toBe(0);
    rig.receive(full);
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
  });

  it('starts over with a full book at any time', () => {
    const rig = new CodecRig(gateCodec, market);
    rig.receive(full);
    rig.receive(frame({ full: true, u: 5, b: [['99', '1']], a: [['99.5', '1']] }));
    rig.receive(frame({ U: 6, u: 6, b: [['99.1', '4']] }));
    expect(rig.top(9)).toBe('99.1×4 99×1 | 99.5×1');
    expect(rig.broken).toEqual([]);
  });

  it('cuts levels that are pushed out of the fifty', () => {
    const rig = new CodecRig(gateCodec, market);
    const bids = Array.from({ length: 50 }, (_, rank) => [String(1_000 - rank), '1']);
    rig.receive(frame({ full: true, u: 1, b: bids, a: [['1001', '1']] }));
    rig.receive(frame({ U: 2, u: 2, b: [['1000.5', '3']] }));
    expect([rig.book.bids.length, rig.book.bids.price(49)]).toEqual([50, 952]);
  });

  it('asks for four hundred levels where fifty are not enough', () => {
    expect([gateCodec.fedDepth(20), gateCodec.fedDepth(50), gateCodec.fedDepth(51)]).toEqual([50, 50, 400]);
  });

  it('leaves a stream and joins it to have a full book, and takes no change in between', () => {
    const rig = new CodecRig(gateCodec, market);
    const asked = rig.codec.resubscribe('BTC_USDT').map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(asked).toMatchObject([
      { channel: 'spot.obu', event: 'unsubscribe', payload: [STREAM] },
      { channel: 'spot.obu', event: 'subscribe', payload: [STREAM] },
    ]);
    rig.receive(full);
    rig.codec.restart('BTC_USDT');
    rig.receive(frame({ U: 11, u: 11, b: [['100.1', '9']] }));
    expect(rig.top(1)).toBe('100.1×2 | 100.2×5');
  });

  it('names the market whose subscription is refused, by the payload or by the text', () => {
    const rig = new CodecRig(gateCodec, market);
    const refusal = { channel: 'spot.obu', event: 'subscribe', result: { status: 'fail' } };
    const error = { code: 2, message: 'unknown currency pair: BTC_USDT' };
    rig.receive({ ...refusal, payload: [STREAM], error });
    rig.receive({ ...refusal, error: { code: 2, message: `Alert sub ${STREAM}` } });
    rig.receive({ ...refusal, error: { code: 2, message: 'Alert sub ob.ETH_USDT.50' } });
    expect(rig.refused).toEqual([
      'BTC/USDT 2 unknown currency pair: BTC_USDT',
      `BTC/USDT 2 Alert sub ${STREAM}`,
      '? 2 Alert sub ob.ETH_USDT.50',
    ]);
  });

  it('leaves other channels to others', () => {
    const rig = new CodecRig(gateCodec, market);
    expect(rig.receive({ channel: 'spot.pong', event: '', result: null })).toBe(false);
    expect(rig.receive({ channel: 'spot.obu', event: 'subscribe', result: { status: 'success' } })).toBe(true);
    expect(rig.refused).toEqual([]);
  });
});
