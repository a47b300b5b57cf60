import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { CcxtClient } from '../instance/ccxt-instance.js';
import { createInstance } from '../instance/create-instance.js';
import { CodecRig } from './codec-rig.js';
import { htxCodec } from './htx.codec.js';

const market = { exchange: 'htx', symbol: 'BTC/USDT', id: 'btcusdt' };
const TOPIC = 'market.btcusdt.mbp.150';
const packed = (frame: object): Buffer => gzipSync(JSON.stringify(frame));
const change = (prevSeqNum: number, seqNum: number, bids: number[][] = [], asks: number[][] = []): object => ({
  ...{ ch: TOPIC, ts: 1_700_000_000_000 + seqNum, tick: { seqNum, prevSeqNum, bids, asks } },
});
const whole = (seqNum: number, bids = [[100, 1]], asks = [[101, 1]]): object => ({
  ...{ id: 'req btcusdt', rep: TOPIC, status: 'ok', ts: 1, data: { seqNum, bids, asks } },
});

/** A rig whose subscription is acknowledged and whose snapshot is asked for, as its session does when it is wanted. */
function subscribed(): CodecRig {
  const rig = new CodecRig(htxCodec, market);
  rig.codec.subscribe(['btcusdt']);
  rig.receive({ id: 'sub btcusdt', status: 'ok', subbed: TOPIC, ts: 1 });
  rig.codec.requestSnapshot?.('btcusdt');
  return rig;
}

describe('htx codec', () => {
  it('unpacks frames, reads text as it is, and refuses bytes that unpack to too much', () => {
    const rig = subscribed();
    expect(rig.receiveBytes(packed(whole(7)), true)).toBe(true);
    expect(rig.top()).toBe('100×1 | 101×1');
    expect(rig.receive(change(7, 9, [[100, 2]]))).toBe(true);
    expect(rig.book).toMatchObject({ sequence: 9, exchangeTimeMs: 1_700_000_000_009 });
    expect(() => rig.receiveBytes(gzipSync(Buffer.alloc(3 * 1024 * 1024, ' ')), true)).toThrow(
      'Cannot create a Buffer larger than 2097152 bytes',
    );
    expect(() => rig.receiveBytes(Buffer.from('not gzip'), true)).toThrow('incorrect header check');
  });

  it('asks for the snapshot once the subscription is acknowledged, not before', () => {
    const rig = new CodecRig(htxCodec, market);
    expect(rig.codec.subscribe(['btcusdt'])).toEqual([JSON.stringify({ sub: TOPIC, id: 'sub btcusdt' })]);
    rig.receive(change(3, 5));
    expect(rig.wanted).toEqual([]);
    rig.receive({ id: 'sub btcusdt', status: 'ok', subbed: TOPIC, ts: 1 });
    expect(rig.wanted).toEqual(['btcusdt']);
    rig.codec.requestSnapshot?.('btcusdt');
    expect(rig.sent).toEqual([JSON.stringify({ req: TOPIC, id: 'req btcusdt' })]);
  });

  it('drops the changes that the snapshot holds and goes on with the one that meets it', () => {
    const rig = subscribed();
    rig.receive(change(3, 5, [[100, 9]]));
    rig.receive(change(5, 9, [[99, 9]]));
    rig.receive(change(9, 12, [], [[102, 4]]));
    rig.receive(whole(9));
    rig.receive(change(12, 13, [[100, 0]]));
    expect([rig.top(), rig.broken]).toEqual([' | 101×1 102×4', []]);
    expect(rig.book.sequence).toBe(13);
  });

  it('asks again for a snapshot that is older than the stream', () => {
    const rig = subscribed();
    rig.receive(change(20, 21));
    rig.receive(whole(19));
    expect([rig.wanted, rig.states]).toEqual([['btcusdt', 'btcusdt'], ['connecting']]);
    rig.codec.requestSnapshot?.('btcusdt');
    expect(rig.sent).toHaveLength(2);
    rig.receive(whole(20));
    expect(rig.book.sequence).toBe(21);
  });

  it('does not believe a change from a state before the snapshot to one after it', () => {
    const rig = subscribed();
    rig.receive(whole(10));
    rig.receive(change(8, 12));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });

  it('notices a gap and heals with a new subscription and its snapshot', () => {
    const rig = subscribed();
    rig.receive(whole(10));
    rig.receive(change(10, 12));
    rig.receive(change(13, 15));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    rig.codec.restart('btcusdt');
    expect(rig.codec.resubscribe('btcusdt').map((text) => Object.keys(JSON.parse(text) as object)[0])).toEqual([
      ...['unsub', 'sub'],
    ]);
    rig.receive(change(15, 16));
    rig.receive({
      id: 'unsub btcusdt',
      status: 'error',
      'err-code': 'bad-request',
      'err-msg': 'unsub with not subbed',
    });
    rig.receive({ id: 'sub btcusdt', status: 'ok', subbed: TOPIC, ts: 1 });
    rig.codec.requestSnapshot?.('btcusdt');
    rig.receive(whole(15));
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
    expect([rig.book.sequence, rig.refused]).toEqual([16, []]);
  });

  it('keeps the best 150 levels, whatever the exchange tells of those below', () => {
    const rig = subscribed();
    const bids = Array.from({ length: 150 }, (_, rank) => [1_000 - rank, 1]);
    rig.receive(whole(1, bids, [[1_001, 1]]));
    rig.receive(change(1, 2, [[1_000.5, 3]]));
    expect(rig.book.bids.length).toBe(150);
    rig.receive(
      change(2, 3, [
        [1_000.5, 0],
        [851, 5],
      ]),
    );
    expect(rig.book.bids.top(150).at(-1)).toEqual([851, 5]);
  });

  it('asks for one snapshot at a time, and for the next when an answer, an error or a new subscription comes', () => {
    const rig = new CodecRig(htxCodec, market);
    for (const id of ['btcusdt', 'ethusdt', 'xrpusdt', 'adausdt']) rig.codec.requestSnapshot?.(id);
    const asked = (): unknown[] => rig.sent.map((text) => (JSON.parse(text) as { id: unknown }).id);
    expect(asked()).toEqual(['req btcusdt']);
    rig.receive(whole(1));
    expect(asked()).toEqual(['req btcusdt', 'req ethusdt']);
    rig.receive({ id: 'req ethusdt', status: 'error', 'err-code': 'bad-request', 'err-msg': '429 too many request' });
    rig.codec.restart('adausdt');
    expect(asked()).toEqual(['req btcusdt', 'req ethusdt', 'req xrpusdt']);
    rig.codec.restart('xrpusdt');
    expect(asked()).toHaveLength(3);
  });

  it('leaves pings to ccxt, which answers them', async () => {
    const ping = { ping: 1_700_000_000_000 };
    expect(subscribed().receive(ping)).toBe(false);
    const exchange = createInstance({ exchange: 'htx', gateway: undefined, keepAliveMs: 5_000 });
    const pong = await new Promise((resolve) => {
      exchange.handleMessage({ send: resolve } as unknown as CcxtClient, ping);
    });
    expect(pong).toEqual({ pong: 1_700_000_000_000 });
  });

  it('names the market of a refusal, and takes nothing from frames without sense', () => {
    const rig = subscribed();
    const error = { status: 'error', 'err-code': 'bad-request', ts: 1 };
    rig.receive({ ...error, id: 'sub btcusdt', 'err-msg': 'invalid symbol btcusdt' });
    rig.receive({ ...error, 'err-msg': 'not json' });
    expect(rig.refused).toEqual(['BTC/USDT bad-request invalid symbol btcusdt', '? bad-request not json']);
    for (const frame of [
      { ch: TOPIC, tick: null },
      { ch: 'market', tick: {} },
      { rep: TOPIC, data: null },
      { rep: TOPIC, data: { seqNum: 5, bids: 'none', asks: [] } },
      { ch: 'market.none.mbp.150', tick: { seqNum: 1 } },
    ]) {
      expect(rig.receive(frame)).toBe(true);
    }
    expect(rig.states).toEqual(['connecting']);
    rig.receive(whole(5));
    rig.receive({ ch: TOPIC, tick: {} });
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
  });
});
