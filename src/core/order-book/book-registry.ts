import { type Instrument, type InstrumentKey, instrumentKey } from '../market/instrument.js';
import { OrderBook, type ReadonlyOrderBook } from './order-book.js';

/** Finds the books that somebody else owns. */
export interface BookReader {
  /**
   * @param key - `exchange:symbol`.
   * @returns The live book, undefined when none was ever opened.
   */
  get(key: InstrumentKey): ReadonlyOrderBook | undefined;
}

/**
 * The books of one owner: the collector of this process, or a replay.
 *
 * Whoever applies updates here owns every book in it; all others read through {@link BookReader}. Bounded by the
 * number of watched instruments.
 */
export class BookRegistry implements BookReader {
  private readonly books = new Map<InstrumentKey, OrderBook>();

  /** @param capacity - The most levels that each side of a book keeps. */
  constructor(private readonly capacity: number) {}

  /**
   * @param instrument - Whose book is wanted.
   * @returns Its book, made empty when it did not exist.
   */
  open(instrument: Instrument): OrderBook {
    const key = instrumentKey(instrument);
    let book = this.books.get(key);
    if (!book) {
      book = new OrderBook(instrument, this.capacity);
      this.books.set(key, book);
    }
    return book;
  }

  /**
   * Forgets a book that nobody wants any more.
   *
   * @param instrument - Whose book.
   */
  close(instrument: Instrument): void {
    this.books.delete(instrumentKey(instrument));
  }

  /** @inheritdoc */
  get(key: InstrumentKey): OrderBook | undefined {
    return this.books.get(key);
  }
}
