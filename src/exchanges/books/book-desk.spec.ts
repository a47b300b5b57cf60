import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MarketEvent } from '../../core/input/market-event.js';
import { BookRegistry } from '../../core/order-book/book-registry.js';
import { BookDesk } from './book-desk.js';
import type { BookRules, DraftUpdate } from './book-line.js';

const RULES: BookRules = { fedDepth: null, checksum: null };
const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const update = (kind: 'snapshot' | 'delta', bids: number[], asks: number[], receivedAtMs = 5): DraftUpdate => ({
  v: 1,
  instrument,
  kind,
  bids,
  asks,
  sequence: 1,
  exchangeTimeMs: null,
  receivedAtMs,
});

function setUp(depth = 10) {
  const events: MarketEvent[] = [];
  const registry = new BookRegistry(depth * 4);
  const seen: (number | null)[] = [];
  const desk: BookDesk = new BookDesk('okx', registry, depth, (event) => {
    events.push(event);
    if (event.type === 'book') seen.push(registry.get('okx:BTC/USDT')?.bids.price(0) ?? null);
  });
  const line = desk.open('BTC/USDT', 1);
  const told = (): string[] =>
    events.map((event) => (event.type === 'bookState' ? (event.reason ?? event.state) : event.type));
  return { desk, line, seen, told, events };
}

describe('BookDesk', () => {
  it('tells the snapshot first and then that the book is live', () => {
    const { desk, line, told } = setUp();
    expect(desk.take(line, update('snapshot', [10, 1], [11, 1]), RULES, null)).toBeNull();
    expect(told()).toEqual(['connecting', 'book', 'live']);
  });

  it('has applied an update when it tells it, and nothing later', () => {
    const { desk, line, seen } = setUp();
    desk.take(line, update('snapshot', [10, 1], [11, 1]), RULES, null);
    desk.take(line, update('delta', [10.5, 1], []), RULES, null);
    desk.take(line, update('delta', [10.5, 0], []), RULES, null);
    expect(seen).toEqual([10, 10.5, 10]);
  });

  it.each([
    ['crossed_book', update('delta', [12, 1], []), null],
    ['bad_level', update('delta', [NaN, 1], []), null],
    ['checksum', update('delta', [10, 2], []), 1],
  ])('throws the book away as %s, tells nothing of the frame, and counts', (reason, frame, checksum) => {
    const { desk, line, told } = setUp();
    const rules: BookRules = { fedDepth: null, checksum: () => 2 };
    desk.take(line, update('snapshot', [10, 1], [11, 1]), rules, 2);
    expect(desk.take(line, frame, rules, checksum)).toBe(reason);
    expect(told()).toEqual(['connecting', 'book', 'live', reason]);
    expect(line.book.isUsable).toBe(false);
    expect(line.book.bids.length + line.book.asks.length).toBe(0);
    expect(desk.resyncs).toBe(1);
  });

  it('asks anew when less than half of the promised depth is known', () => {
    const { desk, line } = setUp(10);
    const side = (from: number, step: number): number[] =>
      Array.from({ length: 60 }, (_, rank) => [from + rank * step, 1]).flat();
    desk.take(line, update('snapshot', side(100, -1), side(101, 1)), RULES, null);
    for (let rank = 0; rank < 35; rank++) {
      expect(desk.take(line, update('delta', [], [101 + rank, 0]), RULES, null)).toBeNull();
    }
    expect(desk.take(line, update('delta', [], [136, 0]), RULES, null)).toBe('shallow');
  });

  it('does not take a frame without levels for a change of the book', () => {
    const { desk, line } = setUp();
    desk.take(line, { ...update('snapshot', [10, 1], [11, 1]), receivedAtMs: 100 }, RULES, null);
    desk.take(line, { ...update('delta', [], []), receivedAtMs: 200 }, RULES, null);
    expect([line.changedAtMs, line.aliveAtMs]).toEqual([100, 200]);
  });

  it('ignores deltas before a snapshot and after a doubt', () => {
    const { desk, line, told } = setUp();
    desk.take(line, update('delta', [10, 1], []), RULES, null);
    desk.take(line, update('snapshot', [10, 1], [11, 1]), RULES, null);
    desk.discard(line, 'disconnected', 9);
    desk.take(line, update('delta', [10, 1], []), RULES, null);
    expect(told()).toEqual(['connecting', 'book', 'live', 'disconnected']);
  });

  it('tells a state once, and leaves an unlisted symbol unavailable', () => {
    const { desk, line, told } = setUp();
    desk.unavailable(line, 'not_listed', 2);
    desk.unavailable(line, 'not_listed', 3);
    desk.discard(line, 'disconnected', 4);
    expect(told()).toEqual(['connecting', 'not_listed']);
    expect(desk.resyncs).toBe(0);
  });

  it('never leaves a crossed book usable, whatever comes', () => {
    const level = fc.tuple(fc.integer({ min: 90, max: 110 }), fc.integer({ min: 0, max: 3 }));
    const frames = fc.array(fc.tuple(fc.boolean(), fc.array(level), fc.array(level)), { maxLength: 40 });
    fc.assert(
      fc.property(frames, (list) => {
        const { desk, line } = setUp();
        for (const [isSnapshot, bids, asks] of list) {
          const kind = isSnapshot ? 'snapshot' : 'delta';
          const doubt = desk.take(line, update(kind, bids.flat(), asks.flat()), RULES, null);
          if (doubt !== null) expect(line.book.isUsable).toBe(false);
          expect(line.book.isUsable && line.book.isCrossed).toBe(false);
          expect(line.state === 'live').toBe(line.book.isUsable);
        }
      }),
    );
  });
});
