import { BookSide } from './book-side.js';
import type { Listing } from './listings.js';

/** A level that differs after a step; lots 0 means that it is gone. */
export interface LevelChange {
  readonly side: 'bid' | 'ask';
  readonly tick: number;
  readonly lots: number;
  readonly was: number;
}

/** What one step changed in a book, with sequence and time before and after. */
export interface BookStep {
  readonly book: SimBook;
  readonly changes: readonly LevelChange[];
  readonly previousSequence: number;
  readonly previousTimeMs: number;
  readonly sequence: number;
  readonly timeMs: number;
}

/**
 * The order book of one listing. Changes are collected and published by `commit`: between two commits readers see
 * levels only through the last published step, since nothing else runs in between.
 */
export class SimBook {
  readonly bids = new BookSide('bid');
  readonly asks = new BookSide('ask');
  timeMs = 0;
  private readonly pending = new Map<number, number>();

  constructor(
    readonly listing: Listing,
    public sequence: number,
  ) {}

  /** Quote per base of one tick. */
  get tickSize(): number {
    return 10 ** -this.listing.priceDecimals;
  }

  /** Base of one lot. */
  get lotSize(): number {
    return 10 ** -this.listing.sizeDecimals;
  }

  /** One side by name. */
  sideOf(side: 'bid' | 'ask'): BookSide {
    return side === 'bid' ? this.bids : this.asks;
  }

  /** Sets a level; the change becomes public with the next commit. */
  set(side: 'bid' | 'ask', tick: number, lots: number): void {
    const was = this.sideOf(side).set(tick, lots);
    if (was === lots) return;
    const key = tick * 2 + (side === 'bid' ? 0 : 1);
    if (!this.pending.has(key)) this.pending.set(key, was);
  }

  /** Publishes what was set since the last commit as one step. */
  commit(nextSequence: (sequence: number, changes: number) => number, timeMs: number): BookStep {
    const changes: LevelChange[] = [];
    for (const [key, was] of this.pending) {
      const side = key % 2 === 0 ? 'bid' : 'ask';
      const tick = Math.floor(key / 2);
      const lots = this.sideOf(side).at(tick);
      if (lots !== was) changes.push({ side, tick, lots, was });
    }
    this.pending.clear();
    const previousSequence = this.sequence;
    const previousTimeMs = this.timeMs;
    this.sequence = nextSequence(previousSequence, changes.length);
    this.timeMs = timeMs;
    return { book: this, changes, previousSequence, previousTimeMs, sequence: this.sequence, timeMs };
  }
}
