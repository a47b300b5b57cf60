import { BPS, costAfterFee, proceedsAfterFee } from '../money/bps.js';
import { isDollar, isMoney } from '../market/quote.js';
import type { Conversion, ConversionStep } from '../market/conversion.js';
import { type ExchangeOnBoard, type Member, type WatchedRoute, isSound } from './board-member.js';
import type { MarketBoard } from './market-board.js';

/** Through which a conversion may pass when no book joins two quotes at once, best first. */
const PIVOTS = ['USD', 'USDT', 'USDC'] as const;

/** What a conversion leans on. */
export interface ConversionLimits {
  /** An older book takes no part. */
  readonly maxAgeMs: number;
  /** A book without change for longer takes no part. */
  readonly maxQuietMs: number;
  /** A stablecoin further from parity is told, bps. */
  readonly depegBandBps: number;
}

/**
 * Joins two quotes through live books, taking the side that the trade would take and paying its taker fee; never
 * through an assumed 1.0.
 *
 * The proceeds lie on the selling exchange, so its own book comes first, then that of the buying exchange, then the
 * book of any other that gives most.
 */
export class Conversions {
  /** Grows whenever a book that may convert has changed, so that a rate is looked up again only then. */
  private version = 0;
  private readonly known = new Map<string, Map<string, Offers>>();

  /**
   * @param board - The markets.
   * @param limits - Bounds of the books that take part.
   */
  constructor(
    private readonly board: MarketBoard,
    private readonly limits: ConversionLimits,
  ) {}

  /**
   * Notes that something about a book changed.
   *
   * @param member - Whose.
   * @returns True when it may convert a quote that somebody trades in.
   */
  noteChange(member: Member): boolean {
    if (!isMoney(member.asset)) return false;
    this.version += 1;
    return true;
  }

  /** Notes that time has passed, so that books have aged. */
  noteTime(): void {
    this.version += 1;
  }

  /**
   * Brings the last known rate of a route up to date; what was known stays where no book joins its quotes now. Two
   * dollars that nothing ever joined count as equal here, so that the route becomes a candidate and is refused.
   *
   * @param route - The route.
   * @param nowMs - Our clock.
   * @returns True when its rate is another one now, or nothing joins its quotes any more.
   */
  refresh(route: WatchedRoute, nowMs: number): boolean {
    if (!route.hasTwoQuotes || route.rateVersion === this.version) return false;
    route.rateVersion = this.version;
    const { rate, isJoined } = route;
    const offers = this.steps(route.sell.quote, route.buy.quote, route, nowMs);
    route.isJoined = offers !== null;
    if (offers) route.rate = offers.reduce((product, offer) => product * offer.rate, 1);
    else if (Number.isNaN(rate) && isDollar(route.buy.quote) && isDollar(route.sell.quote)) route.rate = 1;
    return route.rate !== rate || route.isJoined !== isJoined;
  }

  /**
   * @param route - The route.
   * @param nowMs - Our clock.
   * @returns How the proceeds become the buying quote; null where no live book joins the two.
   */
  find(route: WatchedRoute, nowMs: number): Conversion | null {
    const from = route.sell.quote;
    const to = route.buy.quote;
    const offers = this.steps(from, to, route, nowMs);
    // What was collected may have aged meanwhile.
    if (!offers?.every(({ member }) => this.takesPart(member, nowMs))) return null;
    let rate = 1;
    let parity = 1;
    let maxAmount = Infinity;
    for (const offer of offers) {
      const price = priceOf(offer.member, offer.side);
      rate *= offer.rate;
      parity *= offer.side === 'sell' ? price : 1 / price;
      maxAmount = Math.min(maxAmount * offer.rate, amountOf(offer));
    }
    const depegBps = Math.abs(parity - 1) * BPS;
    const isTold = isDollar(from) && isDollar(to) && depegBps > this.limits.depegBandBps;
    return { from, to, rate, steps: offers.map(stepOf), maxAmount, depegBps: isTold ? depegBps : null };
  }

  private steps(from: string, to: string, route: WatchedRoute, nowMs: number): Offer[] | null {
    const direct = this.step(from, to, route, nowMs);
    if (direct) return [direct];
    for (const pivot of PIVOTS) {
      // Through the asset that is traded, a conversion would be the trade itself, turned round.
      if (pivot === from || pivot === to || pivot === route.buy.asset) continue;
      const first = this.step(from, pivot, route, nowMs);
      const second = first && this.step(pivot, to, route, nowMs);
      if (first && second) return [first, second];
    }
    return null;
  }

  private step(from: string, to: string, route: WatchedRoute, nowMs: number): Offer | null {
    const { byExchange, best } = this.offers(from, to, nowMs);
    return byExchange.get(route.sell.exchange) ?? byExchange.get(route.buy.exchange) ?? best;
  }

  // The same for all routes, and looked up by thousands of them between two changes of a book.
  private offers(from: string, to: string, nowMs: number): Offers {
    let known = this.known.get(from)?.get(to);
    if (known?.version === this.version) return known;
    known = { version: this.version, byExchange: new Map(), best: null };
    let ofQuote = this.known.get(from);
    if (!ofQuote) this.known.set(from, (ofQuote = new Map<string, Offers>()));
    ofQuote.set(to, known);
    this.collect(known, this.board.listed(`${from}/${to}`), 'sell', nowMs);
    this.collect(known, this.board.listed(`${to}/${from}`), 'buy', nowMs);
    return known;
  }

  private collect(offers: Offers, members: readonly Member[], side: ConversionStep['side'], nowMs: number): void {
    for (const member of members) {
      if (member.product !== 'spot' || !this.takesPart(member, nowMs)) continue;
      const offer = { member, side, rate: rateOf(member, side) };
      const before = offers.byExchange.get(member.exchange);
      if (!before || offer.rate > before.rate) offers.byExchange.set(member.exchange, offer);
      if (!offers.best || offer.rate > offers.best.rate) offers.best = offer;
    }
  }

  private takesPart(member: Member, nowMs: number): boolean {
    const { maxAgeMs, maxQuietMs } = this.limits;
    return (
      isSound(member, nowMs, maxAgeMs) && nowMs - member.changedAtMs <= maxQuietMs && !Number.isNaN(member.takerFeeBps)
    );
  }
}

/** What one side of one book offers. */
interface Offer {
  readonly member: Member;
  readonly side: ConversionStep['side'];
  /** After its taker fee. */
  readonly rate: number;
}

/** What all books offer that join two quotes. */
interface Offers {
  /** State of the books that it is of. */
  readonly version: number;
  readonly byExchange: Map<ExchangeOnBoard, Offer>;
  best: Offer | null;
}

function stepOf({ member, side }: Offer): ConversionStep {
  const { exchange, symbol } = member.instrument;
  return { exchange, symbol, side, price: priceOf(member, side), takerFeeBps: member.takerFeeBps };
}

function priceOf({ lastBid, lastAsk }: Member, side: ConversionStep['side']): number {
  return side === 'sell' ? lastBid : lastAsk;
}

// What the best price gives, in the quote that is wanted.
function amountOf({ member: { book, unit }, side, rate }: Offer): number {
  if (!book) return 0;
  return side === 'sell' ? book.bids.size(0) * unit * rate : book.asks.size(0) * unit;
}

function rateOf(member: Member, side: ConversionStep['side']): number {
  const price = priceOf(member, side);
  const { takerFeeBps } = member;
  return side === 'sell' ? proceedsAfterFee(price, takerFeeBps) : 1 / costAfterFee(price, takerFeeBps);
}
