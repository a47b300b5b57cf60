import type { BookSide } from '../world/book-side.js';
import type { SimBook } from '../world/sim-book.js';

/** A level as it goes out: lots 0 removes it. */
export interface WireLevel {
  readonly tick: number;
  readonly lots: number;
}

/** Changed levels of both sides. */
export interface WireLevels {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** The best levels of a side. */
export function topLevels(side: BookSide, depth: number): readonly WireLevel[] {
  return side.ticks.slice(0, depth).map((tick, rank) => ({ tick, lots: side.lots[rank] as number }));
}

/**
 * What a subscriber of the best N levels has been told, from which the next frame is worked out.
 *
 * Exchanges differ in what happens to a level that others push out of the best N: bybit deletes it, kraken leaves the
 * cutting to the subscriber.
 */
export class DepthView {
  private bids: readonly WireLevel[];
  private asks: readonly WireLevel[];

  constructor(
    private readonly book: SimBook,
    private readonly depth: number,
    private readonly pushedOut: 'deleted' | 'left',
  ) {
    this.bids = topLevels(book.bids, depth);
    this.asks = topLevels(book.asks, depth);
  }

  /** Moves to the book's present state and returns the difference. */
  advance(): WireLevels {
    const bids = topLevels(this.book.bids, this.depth);
    const asks = topLevels(this.book.asks, this.depth);
    const changes = { bids: this.difference(this.bids, bids, true), asks: this.difference(this.asks, asks, false) };
    this.bids = bids;
    this.asks = asks;
    return changes;
  }

  // Both sides run through in order of price, best first, as two sorted lists are merged.
  private difference(before: readonly WireLevel[], after: readonly WireLevel[], isBid: boolean): WireLevel[] {
    const changes: WireLevel[] = [];
    const keepsTail = this.pushedOut === 'left' && after.length === this.depth;
    let old = 0;
    for (const is of after) {
      for (let was = before[old]; was && isAhead(was.tick, is.tick, isBid); was = before[++old]) {
        changes.push({ tick: was.tick, lots: 0 });
      }
      const was = before[old];
      if (was?.tick !== is.tick) {
        changes.push(is);
        continue;
      }
      if (was.lots !== is.lots) changes.push(is);
      old += 1;
    }
    // Past the last level of a full view only the subscriber's own cut is needed.
    if (!keepsTail) for (const { tick } of before.slice(old)) changes.push({ tick, lots: 0 });
    return changes;
  }
}

function isAhead(a: number, b: number, isBid: boolean): boolean {
  return isBid ? a > b : a < b;
}
