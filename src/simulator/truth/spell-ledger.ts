import { crossRoute } from '../../core/market/route.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { type JoinRate, QuoteJoin } from './quote-join.js';
import { type Gain, walk } from './profit-walk.js';

/** Closed spells kept; the oldest go first. */
const KEPT_SPELLS = 10_000;

/** A stretch of time in which buying on one exchange and selling on another paid after every taker fee. */
export interface Spell {
  readonly routeId: string;
  /** Of the buying leg. */
  readonly symbol: string;
  readonly sellSymbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** The book that joined the two quotes at its start, `okx:USDT/USD`; null where both legs have one quote. */
  readonly via: string | null;
  /** Epoch ms with fractions: when the book that made it pay began to be published. */
  readonly startMs: number;
  /** When the book that ended it had been published; null while it lasts. */
  readonly endMs: number | null;
  /** Best net gain at the top of the two books, bps of the buy price. */
  readonly peakNetBps: number;
  /** Most that could be bought at a gain at one moment, quote, without fees. */
  readonly payingNotional: number;
  /** True when a dislocation was planned on one of its books at its start; false by chance. */
  readonly seeded: boolean;
}

/** What a route must pay for its spells to count. */
export interface Terms {
  /** Net gain over the whole paying size, bps of what is bought. */
  readonly minNetBps: number;
  /** What can be bought at a gain, in the buying quote. */
  readonly minNotional: number;
}

/** Whatever pays at all. */
const ANY_GAIN: Terms = { minNetBps: 0, minNotional: 0 };

interface Pair {
  readonly buy: SimBook;
  readonly sell: SimBook;
  /** Null where both have one quote. */
  readonly join: QuoteJoin | null;
  joined: JoinRate | null;
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
    private readonly terms: Terms = ANY_GAIN,
  ) {
    for (const buy of books) for (const sell of books) this.pair(buy, sell, books);
  }

  /**
   * Measures the routes of a book that has just been published.
   *
   * @param publishingMs - When its frames began to leave: nobody can have seen the new book before.
   * @param publishedMs - When all of them had left: nobody need have seen it before.
   */
  update(step: BookStep, publishingMs: number, publishedMs: number): void {
    this.resting.delete(step.book);
    this.measureAll(step.book, publishingMs, publishedMs);
  }

  /** Notes that a book stands still because nobody sees it: nothing pays through it until its next update. */
  rest(book: SimBook, nowMs: number): void {
    if (this.resting.has(book)) return;
    this.resting.add(book);
    this.measureAll(book, nowMs, nowMs);
  }

  /** Spells that ended at or after a time or still last, by start. */
  since(sinceMs: number): readonly Spell[] {
    const open = this.pairs.flatMap((pair) => (pair.open ? [pair.open] : []));
    const closed = this.closed.filter((spell) => (spell.endMs ?? 0) >= sinceMs);
    return [...closed, ...open].sort((a, b) => a.startMs - b.startMs);
  }

  // Two legs of one exchange are no spread across exchanges, whatever they are quoted in.
  private pair(buy: SimBook, sell: SimBook, books: readonly SimBook[]): void {
    if (buy.listing.base !== sell.listing.base || buy.listing.exchange === sell.listing.exchange) return;
    const join = QuoteJoin.between(buy, sell, books);
    if (!join && buy.listing.quote !== sell.listing.quote) return;
    const pair: Pair = { buy, sell, join, joined: null, open: null };
    this.pairs.push(pair);
    for (const book of new Set([buy, sell, ...(join?.books ?? [])])) {
      const known = this.pairsOf.get(book);
      if (known) known.push(pair);
      else this.pairsOf.set(book, [pair]);
    }
  }

  private measureAll(book: SimBook, publishingMs: number, publishedMs: number): void {
    for (const pair of this.pairsOf.get(book) ?? []) {
      const rank = pair.join?.rankOf(book) ?? null;
      if (rank !== null) {
        // While a better one joins the two, what becomes of this one does not matter.
        if (pair.joined && pair.joined.rank < rank) continue;
        pair.joined = pair.join?.now((each) => this.isUsable(each)) ?? null;
      }
      this.measure(pair, publishingMs, publishedMs);
    }
  }

  private measure(pair: Pair, publishingMs: number, publishedMs: number): void {
    const gain = this.gain(pair);
    if (gain === null) {
      this.end(pair, publishedMs);
      return;
    }
    pair.open = {
      ...(pair.open ?? this.begin(pair, publishingMs)),
      peakNetBps: Math.max(pair.open?.peakNetBps ?? 0, gain.topNetBps),
      payingNotional: Math.max(pair.open?.payingNotional ?? 0, gain.notional),
    };
  }

  private gain({ buy, sell, join, joined }: Pair): Gain | null {
    if (!this.isUsable(buy) || !this.isUsable(sell) || (join && !joined)) return null;
    const gain = walk(buy, sell, joined?.rate ?? 1, joined?.amount);
    const { minNetBps, minNotional } = this.terms;
    return gain && gain.netBps >= minNetBps && gain.notional >= minNotional ? gain : null;
  }

  // Nobody is paid by a book that lacks a side or contradicts itself: its exchange does not trade at these prices.
  private isUsable(book: SimBook): boolean {
    return (book.bids.ticks[0] ?? NaN) < (book.asks.ticks[0] ?? NaN) && !this.resting.has(book);
  }

  private end(pair: Pair, endMs: number): void {
    if (pair.open === null) return;
    this.closed.push({ ...pair.open, endMs });
    if (this.closed.length > KEPT_SPELLS) this.closed.shift();
    pair.open = null;
  }

  private begin({ buy, sell, joined }: Pair, nowMs: number): Spell {
    const route = crossRoute(buy.listing, sell.listing);
    const books = joined ? [buy, sell, joined.book] : [buy, sell];
    const seeded = books.some(({ listing }) => this.isDislocated(listing.exchange, listing.symbol));
    return {
      ...{ routeId: route.id, symbol: buy.listing.symbol, sellSymbol: sell.listing.symbol },
      ...{ buyExchange: buy.listing.exchange, sellExchange: sell.listing.exchange },
      ...{ via: joined && `${joined.book.listing.exchange}:${joined.book.listing.symbol}` },
      ...{ startMs: nowMs, endMs: null, peakNetBps: 0, payingNotional: 0, seeded },
    };
  }
}
