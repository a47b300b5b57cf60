import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { kucoinCodec } from './kucoin.codec.js';

const market = { exchange: 'kucoin', symbol: 'BTC/USDT', id: 'BTC-USDT' };
const WELCOME = { id: 'crossbook', type: 'welcome' };
const delta = (sequenceStart: number, sequenceEnd: number, bids: string[][] = [], asks: string[][] = []): object => ({
  topic: '/market/level2:BTC-USDT',
  type: 'message',
  subject: 'trade.l2update',
  data: {
    changes: { asks, bids },
    sequenceEnd,
    sequenceStart,
    symbol: 'BTC-USDT',
    time: 1_700_000_000_000 + sequenceEnd,
  },
});
const rest = (sequence: number, bids = [['100', '1']], asks = [['101', '1']]) => ({ sequence, bids, asks, limit: 100 });

/** A codec whose one subscription is acknowledged, and that holds the snapshot of a sequence. */
function aligned(sequence: number): CodecRig {
  const rig = new CodecRig(kucoinCodec, market);
  rig.receive(WELCOME);
  rig.codec.subscribe(['BTC-USDT']);
  rig.receive({ id: '1', type: 'ack' });
  rig.codec.offerSnapshot?.('BTC-USDT', rest(sequence), 2_000);
  return rig;
}

describe('kucoin codec', () => {
  it('asks for nothing before the welcome, then for at most a hundred symbols in a topic', () => {
    const rig = new CodecRig(kucoinCodec, market);
    const ids = Array.from({ length: 130 }, (_, index) => `S${index}-USDT`);
    expect(rig.codec.subscribe(ids)).toEqual([]);
    rig.receive(WELCOME);
    const topics = rig.sent.map((text) => JSON.parse(text) as { id: string; type: string; topic: string });
    expect(topics.map(({ topic }) => topic.split(',').length)).toEqual([100, 30]);
    expect(topics[1]).toMatchObject({ id: '2', type: 'subscribe', response: true });
    expect(topics[0]?.topic.startsWith('/market/level2:S0-USDT,S1-USDT')).toBe(true);
  });

  it('asks for a snapshot once the subscription is acknowledged, not before', () => {
    const rig = new CodecRig(kucoinCodec, market);
    rig.receive(WELCOME);
    rig.codec.subscribe(['BTC-USDT']);
    rig.receive(delta(1, 4));
    expect(rig.wanted).toEqual([]);
    rig.receive({ id: '1', type: 'ack' });
    rig.receive(delta(5, 6, [['99', '4']]));
    expect(rig.wanted).toEqual(['BTC-USDT']);
    rig.codec.offerSnapshot?.('BTC-USDT', rest(4), 2_000);
    expect(rig.top()).toBe('100×1 99×4 | 101×1');
    expect(rig.book).toMatchObject({ sequence: 6, exchangeTimeMs: 1_700_000_000_006, receivedAtMs: 2_000 });
  });

  it('lets deltas overlap, drops old ones, and passes over a price of 0', () => {
    const rig = aligned(10);
    rig.receive(delta(8, 12, [['100', '3']]));
    rig.receive(delta(9, 11, [['100', '9']]));
    rig.receive(delta(12, 15, [['0', '0']], [['101', '0']]));
    rig.receive(delta(16, 16, [], [['102', '5']]));
    expect(rig.top()).toBe('100×3 | 102×5');
    expect(rig.broken).toEqual([]);
    expect(rig.book.sequence).toBe(16);
  });

  it('notices a gap, subscribes anew, and waits for the acknowledgement before it asks for a snapshot', () => {
    const rig = aligned(10);
    rig.receive(delta(11, 12));
    rig.receive(delta(14, 15));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    rig.codec.restart('BTC-USDT');
    const wanted = rig.wanted.length;
    const [unsubscribe, subscribe] = rig.codec.resubscribe('BTC-USDT').map((text) => JSON.parse(text) as object);
    expect(unsubscribe).toMatchObject({ type: 'unsubscribe', topic: '/market/level2:BTC-USDT', response: false });
    expect(subscribe).toMatchObject({ id: '3', type: 'subscribe', topic: '/market/level2:BTC-USDT' });
    rig.receive(delta(16, 17));
    expect(rig.wanted.length).toBe(wanted);
    rig.receive({ id: '3', type: 'ack' });
    rig.codec.offerSnapshot?.('BTC-USDT', rest(16), 2_100);
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
    expect(rig.book.sequence).toBe(17);
  });

  it('shows the hundred levels where more are wanted', () => {
    const rig = new CodecRig(kucoinCodec, market, 1_600, 400);
    rig.receive(WELCOME);
    rig.codec.subscribe(['BTC-USDT']);
    rig.receive({ id: '1', type: 'ack' });
    const bids = Array.from({ length: 100 }, (_, rank) => [String(1_000 - rank), '1']);
    rig.codec.offerSnapshot?.('BTC-USDT', rest(1, bids, [['1001', '1']]), 2_000);
    rig.receive(delta(2, 3, [['1000', '0']]));
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.book.bids.length).toBe(99);
  });

  it('knows no more than the hundred levels that the snapshot shows', () => {
    const rig = new CodecRig(kucoinCodec, market);
    rig.receive(WELCOME);
    rig.codec.subscribe(['BTC-USDT']);
    rig.receive({ id: '1', type: 'ack' });
    const bids = Array.from({ length: 100 }, (_, rank) => [String(1_000 - rank), '1']);
    rig.codec.offerSnapshot?.('BTC-USDT', rest(1, bids, [['1001', '1']]), 2_000);
    rig.receive(delta(2, 3, [['900', '7']], [['2000', '7']]));
    expect([rig.book.bids.length, rig.book.asks.length]).toEqual([100, 2]);
    const eaten = bids.slice(0, 76).map(([price]) => [price as string, '0']);
    rig.receive(delta(4, 80, eaten));
    expect(rig.states.at(-1)).toBe('shallow');
  });

  it('names the market of a refused subscription', () => {
    const rig = new CodecRig(kucoinCodec, market);
    rig.receive(WELCOME);
    rig.codec.subscribe(['BTC-USDT']);
    rig.receive({ id: '1', type: 'error', code: 404, data: 'topic /market/level2:BTC-USDT is not found' });
    expect(rig.refused).toEqual(['BTC/USDT 404 topic /market/level2:BTC-USDT is not found']);
    expect(rig.receive({ id: '9', type: 'pong' })).toBe(false);
  });

  it('reads the address with its token and the snapshot, and refuses other answers', () => {
    const { address, snapshots } = kucoinCodec;
    if (!('read' in address)) throw new Error('kucoin tells its address');
    const data = { token: 'a+b=', instanceServers: [{ endpoint: 'wss://ws-api-spot.kucoin.com/' }] };
    expect(address.read({ code: '200000', data })).toBe(
      'wss://ws-api-spot.kucoin.com/?token=a%2Bb%3D&connectId=crossbook',
    );
    expect(address.read({ code: '200000', data: { ...data, instanceServers: [] } })).toBeNull();
    const book = { time: 5, sequence: '7', bids: [['1', '2']], asks: [] };
    expect(snapshots?.read({ code: '200000', data: book })).toEqual({
      ...{ sequence: 7, bids: [['1', '2']], asks: [], limit: 100 },
    });
    expect(snapshots?.read({ code: '400100', msg: 'symbol not exists' })).toBeNull();
  });
});
