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

  private difference(before: readonly WireLevel[], after: readonly WireLevel[], isBid: boolean): WireLevel[] {
    const changes: WireLevel[] = [];
    const keepsTail = this.pushedOut === 'left' && after.length === this.depth;
    let old = 0;
    let next = 0;
    while (old < before.length || next < after.length) {
      const was = before[old];
      const is = after[next];
      if (was && is && was.tick === is.tick) {
        if (was.lots !== is.lots) changes.push(is);
        old += 1;
        next += 1;
      } else if (is && (!was || (isBid ? is.tick > was.tick : is.tick < was.tick))) {
        changes.push(is);
        next += 1;
      } else if (was) {
        // Past the last level of a full view only the subscriber's own cut is needed.
        if (is || !keepsTail) changes.push({ tick: was.tick, lots: 0 });
        old += 1;
      }
    }
    return changes;
  }
}
