import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BookRegistry } from './book-registry.js';
import type { BookUpdate } from './book-update.js';
import { OrderBook } from './order-book.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const frame = (part: Partial<BookUpdate>): BookUpdate => ({
  ...{
    v: 1,
    instrument,
    kind: 'snapshot',
    bids: [99, 1],
    asks: [100, 2],
    sequence: 7,
    exchangeTimeMs: 5,
    receivedAtMs: 6,
  },
  ...part,
});
const bookOf = (...updates: BookUpdate[]): OrderBook => {
  const book = new OrderBook(instrument, 4);
  for (const update of updates) book.apply(update);
  return book;
};

describe('OrderBook', () => {
  it('is of no use before a snapshot, whatever else comes', () => {
    const book = bookOf(frame({ kind: 'delta' }));
    expect(book).toMatchObject({ isUsable: false, sequence: null, exchangeTimeMs: null, receivedAtMs: 0 });
    expect([book.bids.length, book.asks.length, book.isCrossed]).toEqual([0, 0, false]);
  });

  it('takes a snapshot whole, and of a delta what it names', () => {
    const book = bookOf(
      frame({}),
      frame({
        kind: 'delta',
        bids: [98, 3],
        asks: [100, 0, 101, 4],
        sequence: 8,
        exchangeTimeMs: 15,
        receivedAtMs: 16,
      }),
    );
    expect(book).toMatchObject({ isUsable: true, sequence: 8, exchangeTimeMs: 15, receivedAtMs: 16 });
    expect(book.bids.top(9)).toEqual([
      [99, 1],
      [98, 3],
    ]);
    expect(book.asks.top(9)).toEqual([[101, 4]]);
    book.apply(frame({ bids: [50, 1], asks: [] }));
    expect([book.bids.top(9), book.asks.top(9)]).toEqual([[[50, 1]], []]);
  });

  it('tells crossed from locked and from one-sided', () => {
    expect(bookOf(frame({ bids: [100.5, 1] })).isCrossed).toBe(true);
    expect(bookOf(frame({ bids: [100, 1] })).isCrossed).toBe(false);
    expect(bookOf(frame({ bids: [100.5, 1], asks: [] })).isCrossed).toBe(false);
  });

  it('keeps nothing of a book that is thrown away but its last times', () => {
    const book = bookOf(frame({}));
    book.discard();
    expect(book).toMatchObject({ isUsable: false, sequence: null });
    expect([book.bids.length, book.asks.length]).toEqual([0, 0]);
    book.apply(frame({ kind: 'delta' }));
    expect(book.bids.length).toBe(0);
  });

  it('knows that a snapshot which is as long as it may be ends where it is known', () => {
    const both = { bids: [99, 1, 98, 1], asks: [100, 1, 101, 1] };
    const bounded = bookOf(frame({ ...both, limit: 2 }), frame({ kind: 'delta', bids: [97, 1], asks: [102, 1] }));
    expect([bounded.bids.length, bounded.asks.length]).toEqual([2, 2]);
    expect([bounded.bids.isShallow(3), bounded.asks.isShallow(3)]).toEqual([true, true]);
    const whole = bookOf(frame({ ...both, limit: 3 }), frame({ kind: 'delta', bids: [97, 1], asks: [102, 1] }));
    expect([whole.bids.length, whole.asks.length]).toEqual([3, 3]);
    expect(whole.bids.isShallow(9)).toBe(false);
  });

  it('is the same from its deltas as from a snapshot of their result', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 20 }), (deltas) => {
        const book = new OrderBook(instrument, 1_000);
        book.apply(frame({ bids: [], asks: [] }));
        const sizes = new Map<number, number>();
        for (const changes of deltas) {
          book.apply(frame({ kind: 'delta', bids: changes.flat(), asks: changes.flat() }));
          for (const [price, size] of changes) sizes.set(price, size);
        }
        const levels = [...sizes].filter(([, size]) => size > 0).flat();
        const again = new OrderBook(instrument, 1_000);
        again.apply(frame({ bids: levels, asks: levels }));
        expect(book.bids.top(99)).toEqual(again.bids.top(99));
        expect(book.asks.top(99)).toEqual(again.asks.top(99));
      }),
    );
  });
});

describe('BookRegistry', () => {
  it('opens a book once, finds it by its key, and forgets it', () => {
    const registry = new BookRegistry(2);
    expect(registry.get('okx:BTC/USDT')).toBeUndefined();
    const book = registry.open(instrument);
    expect(registry.open({ ...instrument })).toBe(book);
    expect(registry.get('okx:BTC/USDT')).toBe(book);
    expect(registry.open({ ...instrument, exchange: 'gate' })).not.toBe(book);
    book.apply(frame({ bids: [3, 1, 2, 1, 1, 1] }));
    expect(book.bids.length).toBe(2);
    registry.close(instrument);
    expect(registry.get('okx:BTC/USDT')).toBeUndefined();
    expect(registry.open(instrument)).not.toBe(book);
  });
});
