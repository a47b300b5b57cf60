import type { Ticker } from '../identity/asset-identity.js';
import type { PriceRatio } from '../identity/price-ratio.js';
import type { ExchangeId, Instrument } from '../market/instrument.js';
import type { Product } from '../market/product.js';
import { type Route, crossRoute } from '../market/route.js';
import type { BookState, ExchangeState, FeeSource } from '../market/states.js';
import type { Life } from '../opportunity/lifecycle.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';
import { SpreadRow } from '../spread-history/spread-sampler.js';
import type { QuoteTops } from './quote-tops.js';

/** What is known of an exchange as a whole; shared by all its members. */
export interface ExchangeOnBoard {
  readonly id: ExchangeId;
  state: ExchangeState;
  clockOffsetMs: number | null;
}

/** What a symbol says of itself, as the detector reads it. */
export interface Listing {
  /** Base as the exchange writes it, multiplier included. */
  readonly base: string;
  readonly quote: string;
  readonly product: Product;
  /** Asset code without multiplier. */
  readonly asset: string;
  /** Units of the asset in one unit of the base. */
  readonly unit: number;
}

/** What is known of one instrument beside its book. */
export class Member {
  readonly base: string;
  readonly quote: string;
  readonly product: Product;
  readonly asset: string;
  readonly unit: number;
  /** How it is called where identity is judged. */
  readonly ticker: Ticker;
  bookState: BookState = 'resyncing';
  doubt: string | null = null;
  book: ReadonlyOrderBook | undefined = undefined;
  /** Whether the book had both sides and was not crossed in itself when it was last told of. */
  isWhole = false;
  aliveAtMs = 0;
  changedAtMs = 0;
  /** How long the newest frame was under way by the exchange's clock, above the least delay seen. */
  transitMs = 0;
  /** NaN until the exchange told it: nothing pays at an unknown fee. */
  takerFeeBps = NaN;
  feeSource: FeeSource = 'default';
  /** The newest round of samples in which its book could be leaned on. */
  soundInRound = 0;
  /** Routes through it that are judged again whenever its book changes. */
  activeRoutes = 0;
  /** Every other instrument that it can be traded against, both ways; set with all that follows by {@link linkTo}. */
  links: readonly Link[] = [];
  /** Those of its links that go over two quotes. */
  convertedLinks: readonly Link[] = [];
  /** Those to exchanges that come after its own in the alphabet: each pair of instruments once, from one side. */
  linksAfter: readonly Link[] = [];
  /** The instruments of its links, in their order. */
  others: readonly Member[] = [];
  /** What the sampler notes of buying here, one place for each link. */
  spreads: SpreadRow;
  private readonly seat: number;

  /**
   * @param instrument - Which.
   * @param exchange - Its exchange, shared with all others there.
   * @param listing - What its symbol says.
   * @param tops - Where the tops of all lie that it can be compared with at once.
   */
  constructor(
    readonly instrument: Instrument,
    readonly exchange: ExchangeOnBoard,
    listing: Listing,
    private readonly tops: QuoteTops,
  ) {
    this.base = listing.base;
    this.quote = listing.quote;
    this.product = listing.product;
    this.asset = listing.asset;
    this.unit = listing.unit;
    this.ticker = { exchange: exchange.id, base: listing.base, asset: listing.asset };
    this.seat = tops.join();
    this.spreads = new SpreadRow(listing.asset, []);
  }

  /**
   * Last known best bid per unit of the asset: kept when the book is lost, so that a candidate is refused by its reason
   * and not forgotten.
   */
  get lastBid(): number {
    return this.tops.bid(this.seat);
  }

  /** Last known best ask per unit of the asset, kept in the same way. */
  get lastAsk(): number {
    return this.tops.ask(this.seat);
  }

  /**
   * @param bid - Best bid per unit of the asset.
   * @param ask - Best ask per unit of the asset.
   */
  noteTops(bid: number, ask: number): void {
    this.tops.set(this.seat, bid, ask);
  }

  /** @returns True when no route of one quote needs a judgement: none is followed, and no tops are crossed. */
  get isQuiet(): boolean {
    return this.activeRoutes === 0 && !this.tops.isCrossed(this.seat);
  }

  /** @param links - Every other instrument that it can be traded against from now on. */
  linkTo(links: readonly Link[]): void {
    const routes = links.map(({ route }) => route);
    this.links = links;
    this.convertedLinks = links.filter(({ hasTwoQuotes }) => hasTwoQuotes);
    this.linksAfter = links.filter(({ other }) => this.exchange.id < other.exchange.id);
    this.others = links.map(({ other }) => other);
    this.spreads = new SpreadRow(this.asset, routes, this.spreads);
  }

  /** Gives its place among the tops back; it is of no use afterwards. */
  forget(): void {
    this.tops.leave(this.seat);
  }
}

/** Two instruments of one asset, seen from the first. */
export interface Link {
  readonly other: Member;
  readonly route: Route;
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
