import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { cryptocomCodec } from './cryptocom.codec.js';

const market = { exchange: 'cryptocom', symbol: 'BTC/USDT', id: 'BTC_USDT' };
const frame = (channel: string, row: object): object => ({
  id: -1,
  method: 'subscribe',
  code: 0,
  result: {
    ...{ instrument_name: 'BTC_USDT', subscription: 'book.BTC_USDT.50', channel, depth: 50 },
    data: [{ ...row, t: 1_700_000_000_100, tt: 1_700_000_000_090, cs: 77 }],
  },
});
const whole = (u: number | string, bids: string[][], asks: string[][]): object => frame('book', { bids, asks, u });
const change = (pu: number, u: number, bids: string[][] = [], asks: string[][] = []): object =>
  frame('book.update', { update: { bids, asks }, u, pu });

describe('cryptocom codec', () => {
  it('follows pu from the snapshot on, also through empty frames that stand still', () => {
    const rig = new CodecRig(cryptocomCodec, market);
    rig.receive(whole('354884821435232', [['100.0', '1.0', '2']], [['101.0', '2.0', '1']]));
    rig.receive(
      change(354884821435232, 354884821999999, [
        ['100.0', '0', '0'],
        ['99.5', '4', '1'],
      ]),
    );
    rig.receive(change(354884821999999, 354884821999999));
    rig.receive(change(354884821999999, 354884822000001, [], [['101.0', '3', '1']]));
    expect(rig.top()).toBe('99.5×4 | 101×3');
    expect(rig.book).toMatchObject({ sequence: 354884822000001, exchangeTimeMs: 1_700_000_000_100 });
    expect(rig.broken).toEqual([]);
  });

  it('notices a frame that does not follow, and waits for a snapshot', () => {
    const rig = new CodecRig(cryptocomCodec, market);
    rig.receive(change(1, 2, [['100', '9', '1']]));
    expect(rig.book.isUsable).toBe(false);
    rig.receive(whole(5, [['100', '1', '1']], [['101', '2', '1']]));
    rig.receive(change(6, 7, [['100', '3', '1']]));
    rig.receive(change(7, 8, [['100', '4', '1']]));
    expect(rig.broken).toEqual(['BTC/USDT sequence_gap']);
    expect(rig.book.isUsable).toBe(false);
    rig.receive(whole(9, [['100', '5', '1']], [['101', '2', '1']]));
    expect(rig.states).toEqual(['connecting', 'live', 'sequence_gap', 'live']);
  });

  it('takes a whole book at any time, and cuts what falls out of the depth', () => {
    const rig = new CodecRig(cryptocomCodec, market);
    const bids = Array.from({ length: 50 }, (_, rank) => [String(100 - rank), '1', '1']);
    rig.receive(whole(5, bids, [['101', '2', '1']]));
    rig.receive(change(5, 6, [['100.5', '2', '1']]));
    expect(rig.book.bids.length).toBe(50);
    rig.receive(whole(3, [['90', '1', '1']], [['91', '2', '1']]));
    expect(rig.top()).toBe('90×1 | 91×2');
    expect(rig.broken).toEqual([]);
  });

  it('asks for deltas by the documented names, at most a hundred channels in a frame', () => {
    const ids = Array.from({ length: 130 }, (_, index) => `S${index}_USDT`);
    const { codec } = new CodecRig(cryptocomCodec, market);
    const sent = codec.subscribe(ids).map((text) => JSON.parse(text) as { params: { channels: string[] } });
    expect(sent.map(({ params }) => params.channels.length)).toEqual([100, 30]);
    expect(sent[0]).toMatchObject({
      method: 'subscribe',
      params: { book_subscription_type: 'SNAPSHOT_AND_UPDATE', book_update_frequency: 100 },
    });
    expect(sent[0]?.params.channels[0]).toBe('book.S0_USDT.50');
    expect(codec.resubscribe('BTC_USDT').map((text) => (JSON.parse(text) as { method: string }).method)).toEqual([
      'unsubscribe',
      'subscribe',
    ]);
  });

  it('names the market of a refusal that concerns one, and leaves heartbeats to others', () => {
    const rig = new CodecRig(cryptocomCodec, market);
    const message = 'invalid channel {"channels":["book.BTC_USDT.50"]}';
    expect(rig.receive({ id: 1, method: 'subscribe', code: 40003, message })).toBe(true);
    expect(rig.receive({ id: 2, method: 'subscribe', code: 42901, message: 'TOO_MANY_REQUESTS' })).toBe(true);
    expect(rig.refused).toEqual([`BTC/USDT 40003 ${message}`, '? 42901 TOO_MANY_REQUESTS']);
    expect(rig.receive({ id: 3, method: 'subscribe', code: 0, channel: 'book.BTC_USDT.50' })).toBe(true);
    expect(rig.receive({ id: 4, method: 'public/heartbeat', code: 0 })).toBe(false);
  });
});
