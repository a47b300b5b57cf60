import { crossRoute } from '../../core/market/route.js';
import type { BookSide } from '../world/book-side.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing, SimulatedExchange } from '../world/listings.js';
import type { BookStep, SimBook } from '../world/sim-book.js';

/** Closed spells kept; the oldest go first. */
const KEPT_SPELLS = 10_000;

/** A stretch of time in which buying on one exchange and selling on another paid after both account taker fees. */
export interface Spell {
  readonly routeId: string;
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** Epoch ms with fractions: when the book that made it pay began to be published. */
  readonly startMs: number;
  /** When the book that ended it had been published; null while it lasts. */
  readonly endMs: number | null;
  /** Best net gain at the top of the two books, bps of the buy price. */
  readonly peakNetBps: number;
  /** Most that could be bought at a gain at one moment, quote, without fees. */
  readonly payingNotional: number;
  /** True when a dislocation was planned on one of the two books at its start; false by chance. */
  readonly seeded: boolean;
}

interface Pair {
  readonly symbol: string;
  readonly buy: SimBook;
  readonly sell: SimBook;
  open: Spell | null;
}

/** Measures, after every published step, which routes pay, and keeps every spell. */
export class SpellLedger {
  private readonly pairsOf = new Map<SimBook, Pair[]>();
  private readonly closed: Spell[] = [];
  private readonly pairs: Pair[] = [];
  private readonly resting = new Set<SimBook>();

  constructor(
    books: readonly SimBook[],
    private readonly isDislocated: (exchange: string, symbol: string) => boolean,
  ) {
    for (const buy of books) {
      for (const sell of books) {
        if (buy === sell || buy.listing.symbol !== sell.listing.symbol) continue;
        const pair: Pair = { symbol: buy.listing.symbol, buy, sell, open: null };
        this.pairs.push(pair);
        for (const book of [buy, sell]) this.pairsOf.set(book, [...(this.pairsOf.get(book) ?? []), pair]);
      }
    }
  }

  /**
   * Measures the routes of a book that has just been published.
   *
   * @param publishingMs - When its frames began to leave: nobody can have seen the new book before.
   * @param publishedMs - When all of them had left: nobody need have seen it before.
   */
  update(step: BookStep, publishingMs: number, publishedMs: number): void {
    this.resting.delete(step.book);
    for (const pair of this.pairsOf.get(step.book) ?? []) {
      if (!this.resting.has(pair.buy) && !this.resting.has(pair.sell)) this.measure(pair, publishingMs, publishedMs);
    }
  }

  /** Notes that a book stands still because nobody sees it: none of its routes pays until its next update. */
  rest(book: SimBook, nowMs: number): void {
    if (this.resting.has(book)) return;
    this.resting.add(book);
    for (const pair of this.pairsOf.get(book) ?? []) this.end(pair, nowMs);
  }

  /** Spells that ended at or after a time or still last, by start. */
  since(sinceMs: number): readonly Spell[] {
    const open = this.pairs.flatMap((pair) => (pair.open ? [pair.open] : []));
    const closed = this.closed.filter((spell) => (spell.endMs ?? 0) >= sinceMs);
    return [...closed, ...open].sort((a, b) => a.startMs - b.startMs);
  }

  private measure(pair: Pair, publishingMs: number, publishedMs: number): void {
    const gain = isSound(pair.buy) && isSound(pair.sell) ? walk(pair.buy, pair.sell) : null;
    if (gain === null) {
      this.end(pair, publishedMs);
      return;
    }
    pair.open = {
      ...(pair.open ?? this.begin(pair, publishingMs)),
      peakNetBps: Math.max(pair.open?.peakNetBps ?? 0, gain.netBps),
      payingNotional: Math.max(pair.open?.payingNotional ?? 0, gain.notional),
    };
  }

  private end(pair: Pair, endMs: number): void {
    if (pair.open === null) return;
    this.closed.push({ ...pair.open, endMs });
    if (this.closed.length > KEPT_SPELLS) this.closed.shift();
    pair.open = null;
  }

  private begin(pair: Pair, nowMs: number): Spell {
    const { symbol } = pair;
    const buyExchange = pair.buy.listing.exchange;
    const sellExchange = pair.sell.listing.exchange;
    const route = crossRoute({ exchange: buyExchange, symbol }, { exchange: sellExchange, symbol });
    const seeded = this.isDislocated(buyExchange, symbol) || this.isDislocated(sellExchange, symbol);
    return {
      ...{ routeId: route.id, symbol, buyExchange, sellExchange, startMs: nowMs, endMs: null },
      ...{ peakNetBps: 0, payingNotional: 0, seeded },
    };
  }
}

// Nobody is paid by a book that lacks a side or contradicts itself: its exchange does not trade at these prices.
function isSound({ bids, asks }: SimBook): boolean {
  return (bids.ticks[0] ?? NaN) < (asks.ticks[0] ?? NaN);
}

// Walks both books from the top for as long as the next piece still pays; null when not even the top does.
function walk(buy: SimBook, sell: SimBook): { netBps: number; notional: number } | null {
  const buyFactor = 1 + PROFILES[buy.listing.exchange as SimulatedExchange].accountTakerBps / 10_000;
  const sellFactor = 1 - PROFILES[sell.listing.exchange as SimulatedExchange].accountTakerBps / 10_000;
  const ask = new Cursor(buy.asks, buy.listing);
  const bid = new Cursor(sell.bids, sell.listing);
  if (!(bid.price * sellFactor > ask.price * buyFactor)) return null;
  const netBps = ((bid.price * sellFactor - ask.price * buyFactor) / ask.price) * 10_000;
  let notional = 0;
  while (bid.price * sellFactor > ask.price * buyFactor) {
    const size = Math.min(ask.left, bid.left);
    notional += size * ask.price;
    ask.take(size);
    bid.take(size);
  }
  return { netBps, notional };
}

class Cursor {
  price = NaN;
  left = 0;
  private rank = -1;

  constructor(
    private readonly side: BookSide,
    private readonly listing: Listing,
  ) {
    this.next();
  }

  take(size: number): void {
    this.left -= size;
    if (this.left <= 0) this.next();
  }

  private next(): void {
    this.rank += 1;
    // Divided, not multiplied: the nearest double, the same that parsing the published text gives.
    this.price = (this.side.ticks[this.rank] ?? NaN) / 10 ** this.listing.priceDecimals;
    this.left = (this.side.lots[this.rank] ?? 0) / 10 ** this.listing.sizeDecimals;
  }
}
