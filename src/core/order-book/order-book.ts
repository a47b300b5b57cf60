import type { Instrument } from '../market/instrument.js';
import type { BookUpdate } from './book-update.js';
import { Ladder } from './ladder.js';

/** Reading side of an order book: mutated under the reader by its one owner, so copy what is kept. */
export interface ReadonlyOrderBook {
  readonly instrument: Instrument;
  readonly bids: Readonly<Pick<Ladder, 'length' | 'price' | 'size' | 'top'>>;
  readonly asks: Readonly<Pick<Ladder, 'length' | 'price' | 'size' | 'top'>>;
  readonly sequence: number | null;
  readonly exchangeTimeMs: number | null;
  readonly receivedAtMs: number;
  /** True once a snapshot has arrived and no reason to distrust the book has come since. */
  readonly isUsable: boolean;
  /** True when the best bid is above the best ask: a data fault within one exchange. */
  readonly isCrossed: boolean;
}

/** The order book of one instrument, kept by one owner from snapshots and deltas. */
export class OrderBook implements ReadonlyOrderBook {
  readonly bids: Ladder;
  readonly asks: Ladder;
  sequence: number | null = null;
  exchangeTimeMs: number | null = null;
  receivedAtMs = 0;
  isUsable = false;

  /**
   * @param instrument - Whose book it is.
   * @param capacity - The most levels kept per side.
   */
  constructor(
    readonly instrument: Instrument,
    capacity: number,
  ) {
    this.bids = new Ladder('bid', capacity);
    this.asks = new Ladder('ask', capacity);
  }

  /** @returns True when the best bid is above the best ask. */
  get isCrossed(): boolean {
    return this.bids.price(0) > this.asks.price(0);
  }

  /**
   * Applies a frame. A delta before the first snapshot changes nothing.
   *
   * @param update - The frame.
   */
  apply(update: BookUpdate): void {
    if (update.kind === 'snapshot') {
      this.bids.reset(update.bids);
      this.asks.reset(update.asks);
      if (update.limit !== undefined) {
        this.bids.bound(update.limit);
        this.asks.bound(update.limit);
      }
      this.isUsable = true;
    } else {
      if (!this.isUsable) return;
      this.bids.apply(update.bids);
      this.asks.apply(update.asks);
    }
    this.sequence = update.sequence;
    this.exchangeTimeMs = update.exchangeTimeMs;
    this.receivedAtMs = update.receivedAtMs;
  }

  /** Throws the levels away: nothing of a distrusted book may be seen again. */
  discard(): void {
    this.bids.clear();
    this.asks.clear();
    this.isUsable = false;
    this.sequence = null;
  }
}
