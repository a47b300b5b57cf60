import { describe, expect, it } from '@jest/globals';
import { CodecRig } from './codec-rig.js';
import { hyperliquidCodec } from './hyperliquid.codec.js';

const market = { exchange: 'hyperliquid', symbol: 'BTC/USDC', id: '@142' };
const side = (rows: [string, string][]): object[] => rows.map(([px, sz]) => ({ px, sz, n: 3 }));
const frame = (time: number, bids: [string, string][], asks: [string, string][], coin = '@142'): object => ({
  channel: 'l2Book',
  data: { coin, time: 1_700_000_000_000 + time, levels: [side(bids), side(asks)] },
});

describe('hyperliquid codec', () => {
  it('replaces the book with every frame', () => {
    const rig = new CodecRig(hyperliquidCodec, market);
    rig.receive(frame(1, [['100.0', '1.5']], [['101.0', '2.0']]));
    rig.receive(frame(600, [['99.0', '4.0']], [['102.0', '1.0']]));
    expect(rig.top()).toBe('99×4 | 102×1');
    expect(rig.book).toMatchObject({ sequence: null, exchangeTimeMs: 1_700_000_000_600 });
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('stands with twenty levels where more are wanted', () => {
    const rig = new CodecRig(hyperliquidCodec, market, 800, 200);
    const rows = (from: number, step: number): [string, string][] =>
      Array.from({ length: 20 }, (_, rank) => [String(from + rank * step), '1.0']);
    rig.receive(frame(1, rows(100, -1), rows(101, 1)));
    expect([rig.states.at(-1), rig.book.bids.length, rig.book.asks.length]).toEqual(['live', 20, 20]);
  });

  it('passes over a frame that is older than the one shown, also after the book was asked for anew', () => {
    const rig = new CodecRig(hyperliquidCodec, market);
    rig.receive(frame(600, [['100.0', '1.0']], [['101.0', '1.0']]));
    rig.receive(frame(100, [['90.0', '1.0']], [['91.0', '1.0']]));
    expect(rig.top()).toBe('100×1 | 101×1');
    rig.codec.restart('@142');
    rig.receive(frame(100, [['90.0', '1.0']], [['91.0', '1.0']]));
    expect(rig.top()).toBe('90×1 | 91×1');
  });

  it('throws a crossed book away and takes the next one', () => {
    const rig = new CodecRig(hyperliquidCodec, market);
    rig.receive(frame(1, [['102.0', '1.0']], [['101.0', '1.0']]));
    expect(rig.book.isUsable).toBe(false);
    rig.receive(frame(2, [['100.0', '1.0']], [['101.0', '1.0']]));
    expect(rig.states).toEqual(['connecting', 'crossed_book', 'live']);
  });

  it('passes over coins that it did not ask for and frames without a time', () => {
    const rig = new CodecRig(hyperliquidCodec, market);
    rig.receive(frame(1, [['100.0', '1.0']], [['101.0', '1.0']], '@1'));
    rig.receive({ channel: 'l2Book', data: { coin: '@142', levels: [[], []] } });
    expect(rig.events.filter((event) => event.type === 'book')).toEqual([]);
  });

  it('asks coin by coin, and names the market of a refusal', () => {
    const rig = new CodecRig(hyperliquidCodec, market);
    const l2Book = { type: 'l2Book', coin: '@142' };
    expect(rig.codec.subscribe(['@142', '@151'])).toHaveLength(2);
    expect(rig.codec.resubscribe('@142').map((text) => JSON.parse(text) as object)).toEqual([
      { method: 'unsubscribe', subscription: l2Book },
      { method: 'subscribe', subscription: l2Book },
    ]);
    const said = `Invalid subscription: ${JSON.stringify({ method: 'subscribe', subscription: l2Book })}`;
    rig.receive({ channel: 'error', data: said });
    rig.receive({ channel: 'error', data: 'Already unsubscribed: {}' });
    expect(rig.refused).toEqual([`BTC/USDC ${said}`]);
    expect(rig.receive({ channel: 'pong' })).toBe(false);
    expect(rig.receive({ channel: 'subscriptionResponse', data: {} })).toBe(true);
  });
});
