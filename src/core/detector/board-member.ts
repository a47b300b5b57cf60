import type { ExchangeId, Instrument } from '../market/instrument.js';
import type { Product } from '../market/product.js';
import { type Route, crossRoute } from '../market/route.js';
import type { BookState, ExchangeState, FeeSource } from '../market/states.js';
import type { Life } from '../opportunity/lifecycle.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';

/** What is known of an exchange as a whole; shared by all its members. */
export interface ExchangeOnBoard {
  readonly id: ExchangeId;
  state: ExchangeState;
  clockOffsetMs: number | null;
}

/** What is known of one instrument beside its book. */
export interface Member {
  readonly instrument: Instrument;
  readonly exchange: ExchangeOnBoard;
  /** Base as the exchange writes it, multiplier included. */
  readonly base: string;
  readonly quote: string;
  readonly product: Product;
  /** Asset code without multiplier. */
  readonly asset: string;
  /** Units of the asset in one unit of the base. */
  readonly unit: number;
  bookState: BookState;
  doubt: string | null;
  book: ReadonlyOrderBook | undefined;
  aliveAtMs: number;
  changedAtMs: number;
  /** How long the newest frame was under way by the exchange's clock, above the least delay seen. */
  transitMs: number;
  /**
   * Last known tops per unit of the asset: kept when the book is lost, so that a candidate is refused by its reason and
   * not forgotten.
   */
  lastBid: number;
  lastAsk: number;
  /** NaN until the exchange told it: nothing pays at an unknown fee. */
  takerFeeBps: number;
  feeSource: FeeSource;
  /** Every other instrument that it can be traded against, both ways. */
  links: readonly Link[];
}

/** Two instruments of one asset, seen from the first. */
export interface Link {
  readonly other: Member;
  /** Buys here, sells there. */
  readonly buying: WatchedRoute;
  /** Buys there, sells here. */
  readonly selling: WatchedRoute;
}

/** What a detector keeps of one route between two judgements. */
export class WatchedRoute {
  readonly route: Route;
  readonly hasTwoQuotes: boolean;
  /** Last known buying quote per unit of the selling quote; NaN before anything joined them. */
  rate: number;
  /** State of the conversion books that `rate` is of. */
  rateVersion = -1;
  /** Since when it passes every gate but the dwell; null while it does not. */
  passingSinceMs: number | null = null;
  life: Life | null = null;
  /** Judged again whenever its books change or time passes. */
  isActive = false;

  /**
   * @param buy - Where the asset is bought.
   * @param sell - Where it is sold.
   */
  constructor(
    readonly buy: Member,
    readonly sell: Member,
  ) {
    this.route = crossRoute(buy.instrument, sell.instrument);
    this.hasTwoQuotes = buy.quote !== sell.quote;
    this.rate = this.hasTwoQuotes ? NaN : 1;
  }

  /** @returns True when the last known tops are crossed gross. */
  get isCrossed(): boolean {
    return this.sell.lastBid * this.rate > this.buy.lastAsk;
  }
}

/**
 * Tells whether the book of an instrument may be leaned on at all: connected, in sync, two-sided, not crossed in itself
 * and known to hold not long ago.
 *
 * @param member - The instrument.
 * @param nowMs - Our clock.
 * @param maxAgeMs - Longest age.
 * @returns True when it may.
 */
export function isSound(member: Member, nowMs: number, maxAgeMs: number): boolean {
  const { exchange, bookState, book } = member;
  if (exchange.state === 'down' || exchange.state === 'connecting' || bookState !== 'live') return false;
  if (!book?.isUsable || nowMs - (member.aliveAtMs - member.transitMs) > maxAgeMs) return false;
  return book.bids.length > 0 && book.asks.length > 0 && !book.isCrossed;
}
