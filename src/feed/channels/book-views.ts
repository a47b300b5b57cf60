import { consolidate } from '../../core/consolidated-book/consolidated-book.js';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { MarketSource } from '../../exchanges/index.js';
import type { ChannelStep, SnapshotItem } from '../feed-event.js';
import { FeedFault } from '../feed.errors.js';
import { wireTime } from '../frames.js';
import { BookLines, type ShownBook } from './book-lines.js';

/** The most levels of each side that are shown. */
const LEVELS = 10;
/** Views of some exchanges only; those of all are bounded by the watched symbols, since any other is empty and costs nothing. */
const MAX_NARROWED = 1_000;

/** What somebody wants to see: a symbol on all exchanges, or on some of them. */
export interface BookView {
  /** The same for whoever wants the same, so that it is made and serialised once. */
  readonly key: string;
  readonly symbol: string;
  /** In the order of the alphabet; null for all. */
  readonly exchanges: readonly ExchangeId[] | null;
}

interface Followed {
  readonly view: BookView;
  subscribers: number;
  /** The exchanges whose books were shown last. */
  told: readonly ExchangeId[];
}

/**
 * @param symbol - Which.
 * @param exchanges - On which exchanges; undefined for all.
 */
export function bookView(symbol: string, exchanges: readonly ExchangeId[] | undefined): BookView {
  if (!exchanges) return { key: symbol, symbol, exchanges: null };
  const sorted = [...new Set(exchanges)].sort();
  return { key: `${symbol} ${sorted.join(' ')}`, symbol, exchanges: sorted };
}

/** The books that subscribers look at now, and what there is to tell of them; nothing else is followed. */
export class BookViews {
  private readonly followed = new Map<string, Followed>();
  private readonly bySymbol = new Map<string, number>();
  private readonly lines: BookLines;
  private narrowed = 0;

  /**
   * @param market - Whose books.
   * @param maxAgeMs - Without proof of life for longer, a book is not shown.
   */
  constructor(
    private readonly market: MarketSource,
    maxAgeMs: number,
  ) {
    this.lines = new BookLines(market.books, maxAgeMs);
  }

  get isEmpty(): boolean {
    return this.followed.size === 0;
  }

  /**
   * One more subscriber of these.
   *
   * @returns Whether one of them was not followed before.
   * @throws {FeedFault} `too_many_subscriptions` if too many different selections of exchanges are followed.
   */
  add(views: readonly BookView[], nowMs: number): boolean {
    const added = views.filter(({ key }) => !this.followed.has(key));
    const narrowed = added.filter(({ exchanges }) => exchanges !== null).length;
    if (narrowed > 0 && this.narrowed + narrowed > MAX_NARROWED) {
      throw new FeedFault(
        'too_many_subscriptions',
        `clients look at ${this.narrowed} different selections of exchanges, the bound is ${MAX_NARROWED}; leave "exchanges" out`,
      );
    }
    this.narrowed += narrowed;
    const statuses = added.some(({ symbol }) => !this.bySymbol.has(symbol)) ? this.market.statuses() : [];
    for (const view of added) {
      const users = this.bySymbol.get(view.symbol) ?? 0;
      if (users === 0) this.lines.follow(view.symbol, statuses, nowMs);
      this.bySymbol.set(view.symbol, users + 1);
      this.followed.set(view.key, {
        view,
        subscribers: 0,
        told: this.shown(view, nowMs).map(({ exchange }) => exchange),
      });
    }
    for (const { key } of views) (this.followed.get(key) as Followed).subscribers += 1;
    return added.length > 0;
  }

  /** One subscriber of these less. */
  remove(views: readonly BookView[]): void {
    for (const { key, symbol, exchanges } of views) {
      const followed = this.followed.get(key);
      if (!followed) continue;
      followed.subscribers -= 1;
      if (followed.subscribers > 0) continue;
      this.followed.delete(key);
      if (exchanges) this.narrowed -= 1;
      const users = (this.bySymbol.get(symbol) ?? 1) - 1;
      if (users > 0) this.bySymbol.set(symbol, users);
      else {
        this.bySymbol.delete(symbol);
        this.lines.unfollow(symbol);
      }
    }
  }

  /** @returns Whether a book was lost with it: then {@link lost} is to be told at once. */
  take(event: MarketEvent): boolean {
    return this.lines.take(event);
  }

  /** Views from which a book has vanished since they were told. */
  lost(nowMs: number): ChannelStep<BookView>[] {
    return this.steps(nowMs, false);
  }

  /** Views that changed in any way since they were told; asked so often as they may be told. */
  changed(nowMs: number): ChannelStep<BookView>[] {
    const steps = this.steps(nowMs, true);
    this.lines.settle();
    return steps;
  }

  /** Views as they stand now. */
  items(views: readonly BookView[], nowMs: number): SnapshotItem<BookView>[] {
    return views.map((view) => {
      return { key: view.key, subject: view, body: bodyOf(view, this.shown(view, nowMs), nowMs) };
    });
  }

  private steps(nowMs: number, withChanges: boolean): ChannelStep<BookView>[] {
    const steps: ChannelStep<BookView>[] = [];
    for (const followed of this.followed.values()) {
      const { view, told } = followed;
      const shown = this.shown(view, nowMs);
      const names = shown.map(({ exchange }) => exchange);
      const isLost = told.some((exchange) => !names.includes(exchange));
      const hasChanged =
        withChanges &&
        (names.length !== told.length || names.some((exchange) => this.lines.hasChanged(view.symbol, exchange)));
      if (!isLost && !hasChanged) continue;
      followed.told = names;
      const body = { event: 'updated', book: bodyOf(view, shown, nowMs) };
      // The end of a book does not wait for a window of conflation, and none takes its place.
      steps.push({ kind: isLost ? 'gone' : 'state', key: view.key, subject: view, body });
    }
    return steps;
  }

  private shown({ symbol, exchanges }: BookView, nowMs: number): ShownBook[] {
    const shown = this.lines.shown(symbol, nowMs);
    return exchanges ? shown.filter(({ exchange }) => exchanges.includes(exchange)) : shown;
  }
}

/** Copies everything: the books change under whoever reads them. */
function bodyOf({ symbol }: BookView, shown: readonly ShownBook[], nowMs: number): object {
  const { bestBid, bestAsk, isLocked, isCrossed } = consolidate(shown.map(({ book }) => book));
  const best = (quote: typeof bestBid): object | null =>
    quote && { exchange: quote.instrument.exchange, price: quote.price, size: quote.size };
  return {
    symbol,
    atMs: wireTime(nowMs),
    bestBid: best(bestBid),
    bestAsk: best(bestAsk),
    isLocked,
    isCrossed,
    exchanges: shown.map(({ exchange, state, aliveAtMs, book }) => ({
      exchange,
      state,
      exchangeTimeMs: book.exchangeTimeMs,
      receivedAtMs: book.receivedAtMs,
      aliveAtMs: wireTime(aliveAtMs),
      sequence: book.sequence,
      bids: book.bids.top(LEVELS),
      asks: book.asks.top(LEVELS),
    })),
  };
}
