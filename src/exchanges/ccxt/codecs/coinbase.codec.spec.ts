import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { coinbaseCodec } from './coinbase.codec.js';

const market = { exchange: 'coinbase', symbol: 'BTC/USD', id: 'BTC-USD' };
type Row = readonly [side: 'bid' | 'offer', price: string, size: string];

const frame = (sequence: number, channel: string, event: object): object => ({
  channel,
  client_id: '',
  timestamp: '2026-01-02T03:04:05.678901234Z',
  sequence_num: sequence,
  events: [event],
});
const levels = (sequence: number, type: string, rows: readonly Row[], product = 'BTC-USD'): object =>
  frame(sequence, 'l2_data', {
    type,
    product_id: product,
    updates: rows.map(([side, price, size]) => ({
      ...{ side, event_time: '1970-01-01T00:00:00Z', price_level: price, new_quantity: size },
    })),
  });
const snapshot = (sequence: number): object =>
  levels(sequence, 'snapshot', [
    ['bid', '100.1', '2'],
    ['bid', '100', '1'],
    ['offer', '100.2', '5'],
  ]);

describe('coinbase codec', () => {
  it('keeps the book from a snapshot and the changes that follow it', () => {
    const rig = new CodecRig(coinbaseCodec, market);
    rig.receive(snapshot(0));
    rig.receive(
      levels(1, 'update', [
        ['bid', '100.1', '0'],
        ['offer', '100.15', '3.5'],
      ]),
    );
    expect(rig.top()).toBe('100×1 | 100.15×3.5 100.2×5');
    expect(rig.book).toMatchObject({ sequence: null, exchangeTimeMs: Date.parse('2026-01-02T03:04:05.678Z') });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('counts the frames of every channel and product', () => {
    const rig = new CodecRig(coinbaseCodec, market);
    rig.receive(snapshot(0));
    rig.receive(frame(1, 'subscriptions', { subscriptions: { level2: ['BTC-USD'] } }));
    rig.receive(frame(2, 'heartbeats', { current_time: '', heartbeat_counter: '1' }));
    rig.receive(levels(3, 'snapshot', [['bid', '1', '1']], 'ETH-USD'));
    rig.receive(levels(4, 'update', [['bid', '100.1', '9']]));
    expect(rig.top(1)).toBe('100.1×9 | 100.2×5');
    expect(rig.broken).toEqual([]);
  });

  it.each([
    ['is missing', 3],
    ['comes twice', 1],
  ])('gives the whole socket up when a frame %s, even one of another channel', (_what, sequence) => {
    const rig = new CodecRig(coinbaseCodec, market);
    rig.receive(snapshot(0));
    rig.receive(levels(1, 'update', [['bid', '100.1', '9']]));
    rig.receive(frame(sequence, 'heartbeats', { current_time: '', heartbeat_counter: '1' }));
    expect(rig.broken).toEqual(['* sequence_gap']);
    expect(rig.book.isUsable).toBe(false);
  });

  it('takes no change before its snapshot', () => {
    const rig = new CodecRig(coinbaseCodec, market);
    rig.receive(levels(0, 'update', [['bid', '100.1', '9']]));
    expect(rig.book.bids.length).toBe(0);
    expect(rig.states).toEqual(['connecting']);
  });

  it('keeps only the best levels of a book of twenty thousand', () => {
    const rig = new CodecRig(coinbaseCodec, market);
    const rows = Array.from({ length: 20_000 }, (_, rank) => [
      ['bid', (1_000 - rank * 0.01).toFixed(2), '1'] as const,
      ['offer', (1_000.01 + rank * 0.01).toFixed(2), '1'] as const,
    ]).flat();
    rig.receive(levels(0, 'snapshot', rows));
    expect([rig.book.bids.length, rig.book.asks.length]).toEqual([200, 200]);
    rig.receive(levels(1, 'update', [['bid', '900.00', '7']]));
    expect(rig.book.bids.length).toBe(200);
    expect(rig.top(1)).toBe('1000×1 | 1000.01×1');
  });

  it('finds the pair against USDC under the name of the dollar pair', () => {
    const row = { id: 'BTC-USDC', symbol: 'BTC/USDC', info: { alias: 'BTC-USD' } };
    expect(coinbaseCodec.idOf(row)).toBe('BTC-USD');
    expect(coinbaseCodec.idOf({ id: 'BTC-USDT', symbol: 'BTC/USDT', info: { alias: '' } })).toBe('BTC-USDT');
    const rig = new CodecRig(coinbaseCodec, { ...market, symbol: 'BTC/USDC' });
    rig.receive(snapshot(0));
    expect(rig.top(1)).toBe('100.1×2 | 100.2×5');
    expect(rig.codec.subscribe(['BTC-USD', 'BTC-USD']).map((text) => JSON.parse(text) as object)).toEqual([
      { type: 'subscribe', product_ids: ['BTC-USD'], channel: 'level2' },
      { type: 'subscribe', channel: 'heartbeats' },
    ]);
  });

  it('names the market whose subscription is refused', () => {
    const rig = new CodecRig(coinbaseCodec, market);
    rig.receive({ type: 'error', message: 'BTC-USDT is not a valid product' });
    rig.receive({ type: 'error', message: 'BTC-USD is not a valid product' });
    expect(rig.refused).toEqual(['? BTC-USDT is not a valid product', 'BTC/USD BTC-USD is not a valid product']);
  });

  it('leaves what is not counted to others', () => {
    expect(new CodecRig(coinbaseCodec, market).receive({ type: 'welcome' })).toBe(false);
  });
});
