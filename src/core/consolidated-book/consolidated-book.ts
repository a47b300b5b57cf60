import type { Instrument } from '../market/instrument.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';

/** The best price of one side over all exchanges, and whose it is. */
export interface BestQuote {
  readonly instrument: Instrument;
  readonly price: number;
  readonly size: number;
}

/** The best bid and ask of one symbol over all its usable books. */
export interface ConsolidatedTop {
  readonly bestBid: BestQuote | null;
  readonly bestAsk: BestQuote | null;
  /** Best bid equals best ask. */
  readonly isLocked: boolean;
  /** Best bid is above best ask: the product, unlike a crossed book of one exchange, which is a fault. */
  readonly isCrossed: boolean;
}

/**
 * Merges the tops of all books of one symbol.
 *
 * @param books - The books; those that are not usable or are crossed in themselves take no part.
 * @returns The best of both sides.
 */
export function consolidate(books: Iterable<ReadonlyOrderBook>): ConsolidatedTop {
  let bestBid: BestQuote | null = null;
  let bestAsk: BestQuote | null = null;
  for (const book of books) {
    if (!book.isUsable || book.isCrossed) continue;
    const bid = topOf(book, 'bids');
    const ask = topOf(book, 'asks');
    if (bid && !(bestBid && bestBid.price >= bid.price)) bestBid = bid;
    if (ask && !(bestAsk && bestAsk.price <= ask.price)) bestAsk = ask;
  }
  const gap = bestBid && bestAsk ? bestBid.price - bestAsk.price : -1;
  return { bestBid, bestAsk, isLocked: gap === 0, isCrossed: gap > 0 };
}

function topOf(book: ReadonlyOrderBook, side: 'bids' | 'asks'): BestQuote | null {
  const { instrument } = book;
  const ladder = book[side];
  return ladder.length === 0 ? null : { instrument, price: ladder.price(0), size: ladder.size(0) };
}
