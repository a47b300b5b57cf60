import type { Subscription } from 'rxjs';
import type { BookEvent } from '../../src/core/input/market-event.js';
import type { ReadonlyOrderBook } from '../../src/core/order-book/order-book.js';
import { listen, type MarketRig } from '../support/market-rig.js';
import type { ForeignExchange } from './foreign-exchange.js';
import type { PastState } from './true-book.js';

/** Differences of a book that are kept: the first tell the cause. */
const MOST_DIFFERENCES = 5;

/** What was seen of one book. */
export interface Sightings {
  equal: number;
  /** The first differences, in words. */
  readonly different: string[];
}

/** Compares every book of the service, as of every update, with what it truly was on the exchange. */
export class BookWitness {
  private readonly seen = new Map<string, Sightings>();
  private readonly lastStep = new Map<string, number>();
  private readonly listening: Subscription;

  /** @param depth - Levels a side that must be equal. */
  constructor(
    private readonly rig: MarketRig,
    private readonly exchanges: readonly ForeignExchange[],
    private readonly depth: number,
  ) {
    this.listening = listen(rig.feed.events$, (event) => {
      if (event.type === 'book') this.judge(event);
      // A book made anew may go back to where the exchange took its snapshot.
      if (event.type === 'bookState') this.lastStep.delete(keyOf(event.instrument));
    });
  }

  of(exchange: string, symbol: string): Sightings {
    const key = keyOf({ exchange, symbol });
    const known = this.seen.get(key) ?? { equal: 0, different: [] };
    this.seen.set(key, known);
    return known;
  }

  /** Counts equal sightings from 0 again; differences stay. */
  countAnew(): void {
    for (const sightings of this.seen.values()) sightings.equal = 0;
  }

  close(): void {
    this.listening.unsubscribe();
  }

  private judge({ update }: BookEvent): void {
    const { exchange: id, symbol } = update.instrument;
    const exchange = this.exchanges.find((foreign) => foreign.id === id);
    const key = keyOf(update.instrument);
    const book = this.rig.feed.books.get(`${id}:${symbol}`);
    if (!exchange || !book) throw new Error(`an update of ${key}, which nobody serves`);
    const sightings = this.of(id, symbol);
    const found = find(book, exchange, this.depth, this.lastStep.get(key) ?? 0);
    if (typeof found === 'number') {
      this.lastStep.set(key, found);
      sightings.equal += 1;
    } else if (sightings.different.length < MOST_DIFFERENCES) {
      sightings.different.push(`${update.kind} ${String(book.sequence)}: ${found}`);
    }
  }
}

/** The step whose state a book shows, none before `least`; else in words how it differs from the newest it could be. */
function find(book: ReadonlyOrderBook, exchange: ForeignExchange, depth: number, least: number): number | string {
  let nearest: string | undefined;
  for (const state of exchange.book(book.instrument.symbol).states()) {
    if (state.step < least) break;
    if (book.sequence !== null && state.sequence !== null && state.sequence !== book.sequence) continue;
    const difference = differenceOf(book, state, Math.min(depth, exchange.shownDepth));
    if (difference === null) return state.step;
    nearest ??= `${difference} (step ${state.step})`;
  }
  return nearest ?? 'no such sequence';
}

function differenceOf(book: ReadonlyOrderBook, state: PastState, depth: number): string | null {
  for (const side of ['bids', 'asks'] as const) {
    const own = book[side].top(depth);
    // A book may know fewer levels than are asked for; the half is the least with which it stays live.
    if (own.length < Math.min(depth / 2, state[side].length)) return `${own.length} ${side}`;
    for (const [rank, [price, size]] of own.entries()) {
      const [truePrice, trueSize] = state[side][rank] ?? [NaN, NaN];
      if (price !== truePrice || size !== trueSize) {
        return `${side}[${rank}] is ${price}×${size}, was ${truePrice}×${trueSize}`;
      }
    }
  }
  return null;
}

function keyOf({ exchange, symbol }: { exchange: string; symbol: string }): string {
  return `${exchange}:${symbol}`;
}
