import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import path from 'node:path';
import protobuf from 'protobufjs';
import { CodecRig } from './codec-rig.js';
import { mexcCodec } from './mexc.codec.js';

const SCHEMA = path.join(import.meta.dirname, '../../../../test/support/mexc.proto');
const Push = protobuf.loadSync(SCHEMA).lookupType('Push');
const encodePush = (push: object): Buffer => Buffer.from(Push.encode(Push.fromObject(push)).finish());

const market = { exchange: 'mexc', symbol: 'BTC/USDT', id: 'BTCUSDT' };
const STREAM = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';
const rest = (sequence: number, bids = [['100', '1']], asks = [['101', '1']]) => ({ sequence, bids, asks });

const rows = (levels: string[][]): object[] => levels.map(([price = '', quantity = '']) => ({ price, quantity }));

function push(first: number, last: number, bids: string[][] = [], asks: string[][] = []): object {
  return {
    ...{ channel: STREAM, symbol: 'BTCUSDT', sendTime: 1_700_000_000_000 + last },
    publicAggreDepths: {
      ...{ asks: rows(asks), bids: rows(bids), eventType: STREAM.slice(0, -8) },
      ...{ fromVersion: String(first), toVersion: String(last) },
    },
  };
}

const receive = (rig: CodecRig, frame: object): boolean => rig.receiveBytes(encodePush(frame), true);

/** A codec that holds the snapshot of a sequence. */
function aligned(sequence: number): CodecRig {
  const rig = new CodecRig(mexcCodec, market);
  receive(rig, push(sequence, sequence));
  rig.codec.offerSnapshot?.('BTCUSDT', rest(sequence), 2_000);
  return rig;
}

describe('mexc codec', () => {
  it('subscribes to thirty streams at most on a socket', () => {
    const rig = new CodecRig(mexcCodec, market);
    const ids = Array.from({ length: mexcCodec.marketsPerSocket }, (_, index) => `S${index}USDT`);
    const frames = rig.codec.subscribe(ids).map((text) => JSON.parse(text) as { method: string; params: string[] });
    expect(frames.map(({ method, params }) => [method, params.length])).toEqual([['SUBSCRIPTION', 30]]);
    expect(frames[0]?.params[0]).toBe('spot@public.aggre.depth.v3.api.pb@100ms@S0USDT');
  });

  it('keeps frames back, asks once for a snapshot, and drops what the snapshot holds', () => {
    const rig = new CodecRig(mexcCodec, market);
    receive(rig, push(1, 4, [['100', '7']]));
    receive(rig, push(5, 9, [['100', '5']]));
    receive(rig, push(10, 12, [], [['101', '3']]));
    expect(rig.wanted).toEqual(['BTCUSDT']);
    expect(rig.book.isUsable).toBe(false);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(7), 2_000);
    expect(rig.top()).toBe('100×5 | 101×3');
    expect(rig.book).toMatchObject({ sequence: 12, receivedAtMs: 2_000, exchangeTimeMs: 1_700_000_000_012 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('asks again for a snapshot that is older than the first frame kept', () => {
    const rig = new CodecRig(mexcCodec, market);
    receive(rig, push(50, 55));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(40), 2_000);
    expect(rig.wanted).toEqual(['BTCUSDT', 'BTCUSDT']);
    rig.codec.offerSnapshot?.('BTCUSDT', rest(49), 2_001);
    expect(rig.book.sequence).toBe(55);
  });

  it('notices a gap, and starts anew at the next frame', () => {
    const rig = aligned(4);
    receive(rig, push(5, 6));
    receive(rig, push(8, 9));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    receive(rig, push(10, 11));
    rig.codec.offerSnapshot?.('BTCUSDT', rest(11), 2_100);
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
  });

  it('notices a frame that comes twice', () => {
    const rig = aligned(4);
    receive(rig, push(5, 6));
    receive(rig, push(5, 6));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });

  it('does not wait for the next frame of a quiet market when its snapshot is wanted anew', () => {
    const rig = aligned(4);
    rig.codec.restart('BTCUSDT');
    expect(rig.codec.resubscribe('BTCUSDT')).toEqual([]);
    expect(rig.wanted).toEqual(['BTCUSDT', 'BTCUSDT']);
  });

  it.each([
    ['its versions', { ...push(5, 6), publicAggreDepths: { bids: [{ price: '99', quantity: '1' }] } }, 'sequence_gap'],
    ['a price', push(5, 6, [['', '1']]), 'bad_level'],
    ['a price that is a number', push(5, 6, [['12a', '1']]), 'bad_level'],
    ['a size', push(5, 6, [['99', '-1']]), 'bad_level'],
  ])('throws the book away at a frame without %s', (_what, frame, reason) => {
    const rig = aligned(4);
    receive(rig, frame);
    expect(rig.states.at(-1)).toBe(reason);
    expect(rig.book.isUsable).toBe(false);
  });

  it('passes over fields, bodies and markets that it does not know', () => {
    const rig = aligned(4);
    const unknown = Buffer.from([0x7a, 0x02, 0x01, 0x02, 0x78, 0x05, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8]);
    const frame = encodePush({ ...push(5, 5, [['99', '2']]), symbolId: 'a1', createTime: 5 });
    expect(rig.receiveBytes(Buffer.concat([unknown, frame, unknown]), true)).toBe(true);
    expect(receive(rig, { ...push(6, 6), symbol: 'ETHUSDT' })).toBe(true);
    expect(receive(rig, { symbol: 'BTCUSDT', publicLimitDepths: { version: '9' } })).toBe(true);
    receive(rig, push(6, 6, [['98', '1']]));
    expect([rig.top(), rig.broken]).toEqual(['100×1 99×2 98×1 | 101×1', []]);
  });

  it('throws on bytes that are no whole message, and nothing else ever happens with hostile ones', () => {
    const whole = encodePush(push(5, 9, [['99', '2']], [['102', '3']]));
    for (const hostile of [
      whole.subarray(0, whole.length - 1),
      Buffer.alloc(100_000, 0x0b),
      Buffer.from('ca13ffffffff0f', 'hex'),
      Buffer.from('ca13040a030a0561', 'hex'),
      Buffer.alloc(64, 0xff),
    ]) {
      expect(() => aligned(4).receiveBytes(hostile, true)).toThrow();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length), (noise, at) => {
        const rig = aligned(4);
        const bytes = Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]);
        try {
          rig.receiveBytes(bytes, true);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(rig.book.isCrossed).toBe(false);
      }),
    );
  });

  it('tells each stream that was blocked, in an answer that also names those that were not', () => {
    const rig = new CodecRig(mexcCodec, market);
    const other = 'spot@public.aggre.depth.v3.api.pb@100ms@NOPE';
    const msg = `Subscribed successful! [${STREAM}]. Not Subscribed successfully! [${other}].  Reason： Blocked! `;
    expect(rig.receive({ id: 0, code: 0, msg })).toBe(true);
    expect(rig.refused).toEqual([`? ${other}: Reason： Blocked!`]);
    rig.receive({ id: 0, code: 0, msg: `Not Subscribed successfully! [${STREAM}]. Reason: Blocked!` });
    rig.receive({ id: 0, code: 2, msg: 'too many requests' });
    expect(rig.refused.slice(1)).toEqual([`BTC/USDT ${STREAM}: Reason: Blocked!`, '? 2 too many requests']);
  });

  it('takes an acknowledgement quietly and leaves the pong to the client', () => {
    const rig = new CodecRig(mexcCodec, market);
    expect(rig.receive({ id: 1, code: 0, msg: STREAM })).toBe(true);
    expect(rig.receive({ id: 0, code: 0, msg: 'PONG' })).toBe(false);
    expect([rig.refused, rig.wanted]).toEqual([[], []]);
  });
});
