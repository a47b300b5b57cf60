import type { ReadonlyOrderBook } from '../../src/core/order-book/order-book.js';
import type { PublishedBook, Simulator } from '../../src/simulator/index.js';

/** Steps that the simulator remembers. */
const MOST_BACK = 200;

function shows(book: ReadonlyOrderBook, truth: PublishedBook, depth: number): boolean {
  const same = (own: [number, number][], theirs: PublishedBook['bids']): boolean =>
    own.length === Math.min(depth, theirs.length) &&
    own.every(([price, size], rank) => price === theirs[rank]?.[0] && size === theirs[rank][1]);
  return same(book.bids.top(depth), truth.bids) && same(book.asks.top(depth), truth.asks);
}

/**
 * Finds the published book that a book of the service shows: the one at its sequence, or, where the feed carries none,
 * the latest of those remembered that equals it.
 *
 * @param simulator - Who published it.
 * @param book - A usable book.
 * @param depth - Levels a side that must be equal.
 * @returns The published book; null when the exchange never published such a book, or not for a long time.
 */
export function truthOf(simulator: Simulator, book: ReadonlyOrderBook, depth: number): PublishedBook | null {
  const { exchange, symbol } = book.instrument;
  if (book.sequence !== null) {
    const truth = simulator.book(exchange, symbol, book.sequence);
    return truth !== null && shows(book, truth, depth) ? truth : null;
  }
  const latest = simulator.book(exchange, symbol);
  if (!latest) return null;
  for (let back = 0; back <= MOST_BACK; back++) {
    const truth = simulator.book(exchange, symbol, latest.sequence - back);
    if (truth && shows(book, truth, depth)) return truth;
  }
  return null;
}
