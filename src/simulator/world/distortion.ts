import type { SimBook } from './sim-book.js';

type SetLevel = (side: 'bid' | 'ask', tick: number, lots: number) => void;

/** Bends a quoted book by setting levels. */
export type Distortion = (book: SimBook, set: SetLevel) => void;

/** Empties one side. */
export function emptied(side: 'bid' | 'ask'): Distortion {
  return (book, set) => {
    for (const tick of [...book.sideOf(side).ticks]) set(side, tick, 0);
  };
}

/** Puts a bid above the best ask: by so many bps, and by one tick at the least. */
export function crossed(bps: number): Distortion {
  return ({ bids, asks }, set) => {
    const ask = asks.ticks[0];
    if (ask !== undefined) set('bid', Math.floor(ask * (1 + bps / 10_000)) + 1, bids.lots[0] ?? 1);
  };
}

/** Leaves so many levels a side, each of one lot. */
export function thinned(levels: number): Distortion {
  return (book, set) => {
    for (const side of ['bid', 'ask'] as const) {
      for (const [rank, tick] of [...book.sideOf(side).ticks].entries()) set(side, tick, rank < levels ? 1 : 0);
    }
  };
}

/**
 * Bends a book after its maker has quoted it and straightens it before the next quote.
 *
 * The maker never meets what is bent, so its draws and its book go on as the seed has them; both happen within one step,
 * so the published book is bent throughout.
 */
export class BookBender {
  private readonly bent: { readonly side: 'bid' | 'ask'; readonly tick: number; readonly was: number }[] = [];

  constructor(private readonly book: SimBook) {}

  /** Bends the book. */
  bend(distortion: Distortion): void {
    distortion(this.book, (side, tick, lots) => {
      this.bent.push({ side, tick, was: this.book.sideOf(side).at(tick) });
      this.book.set(side, tick, lots);
    });
  }

  /** Undoes the bend. */
  straighten(): void {
    for (let last = this.bent.pop(); last; last = this.bent.pop()) this.book.set(last.side, last.tick, last.was);
  }
}
