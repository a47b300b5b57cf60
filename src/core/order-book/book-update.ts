import type { Instrument } from '../market/instrument.js';

/**
 * Price levels as one flat list `[price, size, price, size, …]`, best first in a snapshot, in any order in a delta.
 *
 * Flat, because an array of pairs costs an allocation per level on a path that sees thousands of frames a second.
 * A size of 0 removes the level.
 */
export type FlatLevels = readonly number[];

/** One frame of an order book in exchange-neutral form: plain data that may cross a process border. */
export interface BookUpdate {
  /** Version of this shape. */
  readonly v: 1;
  readonly instrument: Instrument;
  /** A snapshot replaces the book; a delta changes the levels that it names. */
  readonly kind: 'snapshot' | 'delta';
  readonly bids: FlatLevels;
  readonly asks: FlatLevels;
  /** A snapshot of at most so many levels a side: one with as many may go on deeper. Absent where all are shown. */
  readonly limit?: number;
  /** The exchange's own counter after this frame, null where it has none. */
  readonly sequence: number | null;
  /** The exchange's clock, epoch milliseconds; null where the frame carries no time. */
  readonly exchangeTimeMs: number | null;
  /** Our clock when the frame arrived, epoch milliseconds with fractions. */
  readonly receivedAtMs: number;
}
