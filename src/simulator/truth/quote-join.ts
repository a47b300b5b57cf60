import type { SimBook } from '../world/sim-book.js';
import { priceAt, sizeAt, takerShare } from './profit-walk.js';

/** A book that turns one quote into another, and the side of it that the trade takes. */
interface Converter {
  readonly book: SimBook;
  readonly side: 'buy' | 'sell';
}

/** A join at one moment. */
export interface JoinRate {
  /** Units of the buying quote per unit of the selling one, after the taker fee. */
  readonly rate: number;
  readonly book: SimBook;
  /** Most of the buying quote that the best price of the book gives. */
  readonly amount: number;
  /** The preference by which it was chosen, 0 is best. */
  readonly rank: number;
}

/**
 * Turns what a sale brings into the quote that was paid with, at the top of one live book.
 *
 * The proceeds lie on the selling exchange, so its book comes first, then that of the buying exchange, then whichever
 * other gives most. No more is turned than its best price holds.
 */
export class QuoteJoin {
  private readonly rankByBook = new Map<SimBook, number>();

  private constructor(private readonly ranks: readonly (readonly Converter[])[]) {
    for (const [rank, converters] of ranks.entries()) {
      for (const { book } of converters) if (!this.rankByBook.has(book)) this.rankByBook.set(book, rank);
    }
  }

  /** Finds the books that can join the quotes of two; null where both are the same, or nothing joins them. */
  static between(buy: SimBook, sell: SimBook, books: readonly SimBook[]): QuoteJoin | null {
    const from = sell.listing.quote;
    const to = buy.listing.quote;
    if (from === to) return null;
    const all = books.flatMap((book): Converter[] => {
      if (book.listing.symbol === `${from}/${to}`) return [{ book, side: 'sell' }];
      return book.listing.symbol === `${to}/${from}` ? [{ book, side: 'buy' }] : [];
    });
    const on = (exchange: string): Converter[] => all.filter(({ book }) => book.listing.exchange === exchange);
    return all.length === 0 ? null : new QuoteJoin([on(sell.listing.exchange), on(buy.listing.exchange), all]);
  }

  /** Every book that may take part. */
  get books(): Iterable<SimBook> {
    return this.rankByBook.keys();
  }

  /** The best preference by which a book may be chosen; null when it takes no part. */
  rankOf(book: SimBook): number | null {
    return this.rankByBook.get(book) ?? null;
  }

  /**
   * The rate now.
   *
   * @param isUsable - Whether a book can be traded on.
   * @returns Null where no usable book joins the two.
   */
  now(isUsable: (book: SimBook) => boolean): JoinRate | null {
    for (const [rank, converters] of this.ranks.entries()) {
      let best: JoinRate | null = null;
      for (const converter of converters) {
        const rate = rateOf(converter);
        if (rate > (best?.rate ?? 0) && isUsable(converter.book))
          best = { rate, amount: amountOf(converter, rate), book: converter.book, rank };
      }
      if (best) return best;
    }
    return null;
  }
}

function rateOf({ book, side }: Converter): number {
  return side === 'sell'
    ? priceAt(book.bids, book.listing, 0) * (1 - takerShare(book))
    : 1 / (priceAt(book.asks, book.listing, 0) * (1 + takerShare(book)));
}

function amountOf({ book, side }: Converter, rate: number): number {
  return side === 'sell' ? sizeAt(book.bids, book.listing, 0) * rate : sizeAt(book.asks, book.listing, 0);
}
