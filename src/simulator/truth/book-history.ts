import type { BookSide } from '../world/book-side.js';
import type { Listing } from '../world/listings.js';
import type { BookStep, SimBook } from '../world/sim-book.js';

/** Steps kept per book: 20 s at ten a second. */
const KEPT_STEPS = 200;

/** A book as it was published. */
export interface PublishedBook {
  readonly exchange: string;
  readonly symbol: string;
  readonly sequence: number;
  /** The exchange's clock, epoch ms: what its frames carry. */
  readonly timeMs: number;
  /** The simulator's own clock, epoch ms with fractions: when it left; null when that was before the kept steps. */
  readonly publishedAtMs: number | null;
  /** When the next one left; null while it is the newest. */
  readonly supersededAtMs: number | null;
  /** Pairs `[price, size]`, best first, full depth. */
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

interface KeptStep extends BookStep {
  readonly atMs: number;
}

interface Version {
  readonly sequence: number;
  readonly show: () => PublishedBook;
}

/** The last steps of every book, kept as differences, so that an earlier book can be rebuilt. */
export class BookHistory {
  private readonly steps = new Map<SimBook, KeptStep[]>();

  /**
   * Remembers a step.
   *
   * @param atMs - When its frames began to leave, the simulator's own clock.
   */
  record(step: BookStep, atMs: number): void {
    let kept = this.steps.get(step.book);
    if (!kept) this.steps.set(step.book, (kept = []));
    kept.push({ ...step, atMs });
    if (kept.length > KEPT_STEPS) kept.shift();
  }

  /** The book as it is published now. */
  now(book: SimBook): PublishedBook {
    const { listing, sequence, timeMs, bids, asks } = book;
    const publishedAtMs = this.steps.get(book)?.at(-1)?.atMs ?? null;
    return { ...published(listing, bids, asks), sequence, timeMs, publishedAtMs, supersededAtMs: null };
  }

  /** The book as it was at a sequence, null when that step is not kept. */
  at(book: SimBook, sequence: number): PublishedBook | null {
    for (const version of this.versions(book)) if (version.sequence === sequence) return version.show();
    return null;
  }

  /** The book as it was at every step that is kept, newest first; to be read in one go, before it moves on. */
  *back(book: SimBook): Generator<PublishedBook> {
    for (const version of this.versions(book)) yield version.show();
  }

  // Undoes one step after another; a version can be shown until the next is asked for.
  private *versions(book: SimBook): Generator<Version> {
    yield { sequence: book.sequence, show: () => this.now(book) };
    const bids = book.bids.clone();
    const asks = book.asks.clone();
    const kept = this.steps.get(book) ?? [];
    for (let index = kept.length - 1; index >= 0; index--) {
      const { changes, previousSequence: sequence, previousTimeMs, atMs } = kept[index] as KeptStep;
      for (const change of changes) (change.side === 'bid' ? bids : asks).set(change.tick, change.was);
      const publishedAtMs = kept[index - 1]?.atMs ?? null;
      const times = { timeMs: previousTimeMs, publishedAtMs, supersededAtMs: atMs };
      yield { sequence, show: () => ({ ...published(book.listing, bids, asks), sequence, ...times }) };
    }
  }
}

function published(
  { exchange, symbol, priceDecimals, sizeDecimals }: Listing,
  bids: BookSide,
  asks: BookSide,
): Pick<PublishedBook, 'exchange' | 'symbol' | 'bids' | 'asks'> {
  const pairs = (side: BookSide): (readonly [number, number])[] =>
    side.ticks.map((tick, rank) => [tick / 10 ** priceDecimals, (side.lots[rank] as number) / 10 ** sizeDecimals]);
  return { exchange, symbol, bids: pairs(bids), asks: pairs(asks) };
}
