import type { PriceRatio } from '../identity/price-ratio.js';
import type { ExchangeId, Instrument } from '../market/instrument.js';
import type { Product } from '../market/product.js';
import { type Route, crossRoute } from '../market/route.js';
import type { BookState, ExchangeState, FeeSource } from '../market/states.js';
import type { Life } from '../opportunity/lifecycle.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';
import type { SpreadHolder } from '../spread-history/spread-sampler.js';

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
  /** Whether the book had both sides and was not crossed in itself when it was last told of. */
  isWhole: boolean;
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
  /** The newest round of samples in which its book could be leaned on. */
  soundInRound: number;
  /** Routes through it that are judged again whenever its book changes. */
  activeRoutes: number;
  /** Every other instrument that it can be traded against, both ways. */
  links: readonly Link[];
}

/** Two instruments of one asset, seen from the first. */
export interface Link extends SpreadHolder {
  readonly other: Member;
  readonly hasTwoQuotes: boolean;
  /** Buys here, sells there. */
  readonly buying: WatchedRoute;
  /** Buys there, sells here. */
  readonly selling: WatchedRoute;
  /** The ratio of both prices; null before its first sample. */
  ratio: PriceRatio | null;
}

/** What a detector keeps of one route between two judgements. */
export class WatchedRoute {
  readonly route: Route;
  readonly hasTwoQuotes: boolean;
  /** Last known buying quote per unit of the selling quote; NaN before anything joined them. */
  rate: number;
  /** Whether live books join its quotes, as of `rateVersion`. */
  isJoined = false;
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
  const { exchange, bookState, isWhole } = member;
  if (exchange.state === 'down' || exchange.state === 'connecting' || bookState !== 'live') return false;
  return isWhole && nowMs - (member.aliveAtMs - member.transitMs) <= maxAgeMs;
}

/**
 * Tells, at the cost of two comparisons, that a link needs no judgement: one quote, no route that is followed, and no
 * tops that cross. Nearly every update of a book ends here.
 *
 * @param member - The instrument that changed.
 * @param link - One of its links.
 * @returns True when both routes of the link can be left alone.
 */
export function isQuiet(member: Member, { other, hasTwoQuotes }: Link): boolean {
  if (hasTwoQuotes || member.activeRoutes > 0) return false;
  return !(other.lastBid > member.lastAsk) && !(member.lastBid > other.lastAsk);
}
