import type { Instrument } from '../../core/market/instrument.js';
import type { OrderBook } from '../../core/order-book/order-book.js';
import type { BookUpdate } from '../../core/order-book/book-update.js';

/** A frame on its way to its book; its levels may still grow by what a cut to the fed depth removes. */
export interface DraftUpdate extends Omit<BookUpdate, 'bids' | 'asks'> {
  readonly bids: number[];
  readonly asks: number[];
}

/** What an exchange's feed promises of its books, beyond the frames themselves. */
export interface BookRules {
  /** The feed is the best N levels and never deletes what falls out below: cut there. Null where it deletes. */
  readonly fedDepth: number | null;
  /** The most levels a side that a snapshot shows; absent where as many as are wanted. */
  readonly shownDepth?: number;
  /** The exchange's checksum over a book; null where it sends none. */
  readonly checksum: ((book: OrderBook) => number) | null;
}

/** Why a book is not usable: stable snake_case codes, part of the published vocabulary. */
export type DistrustReason =
  | 'connecting'
  | 'disconnected'
  | 'sequence_gap'
  | 'checksum'
  | 'crossed_book'
  | 'shallow'
  | 'bad_level'
  | 'no_snapshot'
  | 'silent'
  | 'feed_error'
  | 'worker_lost';

/** One instrument of one exchange: its book and what is known of it. Mutated by its {@link BookDesk} alone. */
export class BookLine {
  state: 'live' | 'resyncing' | 'unavailable' = 'resyncing';
  reason: string | null = null;
  /** Last frame or pong on the socket that carries it, our clock. */
  aliveAtMs: number | null = null;
  /** Last frame that changed the book, our clock. */
  changedAtMs: number | null = null;

  constructor(
    readonly instrument: Instrument,
    readonly book: OrderBook,
  ) {}
}
