import type { BookSide } from '../world/book-side.js';
import type { BookStep, SimBook } from '../world/sim-book.js';

/** Steps kept per book: 20 s at ten a second. */
const KEPT_STEPS = 200;

/** A book as it was published. */
export interface PublishedBook {
  readonly exchange: string;
  readonly symbol: string;
  readonly sequence: number;
  readonly timeMs: number;
  /** Pairs `[price, size]`, best first, full depth. */
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

/** The last steps of every book, kept as differences, so that an earlier book can be rebuilt. */
export class BookHistory {
  private readonly steps = new Map<SimBook, BookStep[]>();

  /** Remembers a step. */
  record(step: BookStep): void {
    let kept = this.steps.get(step.book);
    if (!kept) this.steps.set(step.book, (kept = []));
    kept.push(step);
    if (kept.length > KEPT_STEPS) kept.shift();
  }

  /** The book as it is published now. */
  now(book: SimBook): PublishedBook {
    return published(book, book.sequence, book.timeMs, book.bids, book.asks);
  }

  /** The book as it was at a sequence, null when that step is not kept. */
  at(book: SimBook, sequence: number): PublishedBook | null {
    if (sequence === book.sequence) return this.now(book);
    const bids = book.bids.clone();
    const asks = book.asks.clone();
    const kept = this.steps.get(book) ?? [];
    for (let index = kept.length - 1; index >= 0; index--) {
      const { changes, previousSequence, previousTimeMs } = kept[index] as BookStep;
      for (const change of changes) (change.side === 'bid' ? bids : asks).set(change.tick, change.was);
      if (previousSequence === sequence) return published(book, sequence, previousTimeMs, bids, asks);
    }
    return null;
  }
}

function published(book: SimBook, sequence: number, timeMs: number, bids: BookSide, asks: BookSide): PublishedBook {
  const { exchange, symbol, priceDecimals, sizeDecimals } = book.listing;
  const pairs = (side: BookSide): (readonly [number, number])[] =>
    side.ticks.map((tick, rank) => [tick / 10 ** priceDecimals, (side.lots[rank] as number) / 10 ** sizeDecimals]);
  return { exchange, symbol, sequence, timeMs, bids: pairs(bids), asks: pairs(asks) };
}
