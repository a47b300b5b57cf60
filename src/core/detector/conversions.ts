import { BPS, costAfterFee, proceedsAfterFee } from '../money/bps.js';
import { isDollarStablecoin } from '../market/quote.js';
import type { Conversion, ConversionStep } from '../market/conversion.js';
import { type Member, type WatchedRoute, isSound } from './board-member.js';
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
   */
  refresh(route: WatchedRoute, nowMs: number): void {
    if (!route.hasTwoQuotes || route.rateVersion === this.version) return;
    route.rateVersion = this.version;
    const found = this.find(route, nowMs);
    if (found) route.rate = found.rate;
    else if (Number.isNaN(route.rate) && isDollar(route.buy.quote) && isDollar(route.sell.quote)) route.rate = 1;
  }

  /**
   * @param route - The route.
   * @param nowMs - Our clock.
   * @returns How the proceeds become the buying quote; null where no live book joins the two.
   */
  find(route: WatchedRoute, nowMs: number): Conversion | null {
    const from = route.sell.quote;
    const to = route.buy.quote;
    const steps = this.steps(from, to, route, nowMs);
    if (!steps) return null;
    let rate = 1;
    let parity = 1;
    for (const step of steps) {
      rate *= rateOf(step);
      parity *= step.side === 'sell' ? step.price : 1 / step.price;
    }
    const depegBps = Math.abs(parity - 1) * BPS;
    const isTold = isDollar(from) && isDollar(to) && depegBps > this.limits.depegBandBps;
    return { from, to, rate, steps, depegBps: isTold ? depegBps : null };
  }

  private steps(from: string, to: string, route: WatchedRoute, nowMs: number): ConversionStep[] | null {
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

  private step(from: string, to: string, route: WatchedRoute, nowMs: number): ConversionStep | null {
    let best: ConversionStep | null = null;
    let bestRank = Infinity;
    const offer = (members: readonly Member[], side: ConversionStep['side']): void => {
      for (const member of members) {
        if (member.product !== 'spot' || !this.takesPart(member, nowMs)) continue;
        const step = stepOf(member, side);
        const rank = rankOf(member, route);
        if (rank > bestRank || (rank === bestRank && best && rateOf(step) <= rateOf(best))) continue;
        best = step;
        bestRank = rank;
      }
    };
    offer(this.board.listed(`${from}/${to}`), 'sell');
    offer(this.board.listed(`${to}/${from}`), 'buy');
    return best;
  }

  private takesPart(member: Member, nowMs: number): boolean {
    const { maxAgeMs, maxQuietMs } = this.limits;
    return (
      isSound(member, nowMs, maxAgeMs) && nowMs - member.changedAtMs <= maxQuietMs && !Number.isNaN(member.takerFeeBps)
    );
  }
}

function stepOf(member: Member, side: ConversionStep['side']): ConversionStep {
  const { exchange, symbol } = member.instrument;
  const price = side === 'sell' ? member.lastBid : member.lastAsk;
  return { exchange, symbol, side, price, takerFeeBps: member.takerFeeBps };
}

function rateOf({ side, price, takerFeeBps }: ConversionStep): number {
  return side === 'sell' ? proceedsAfterFee(price, takerFeeBps) : 1 / costAfterFee(price, takerFeeBps);
}

function rankOf({ exchange }: Member, { sell, buy }: WatchedRoute): number {
  if (exchange === sell.exchange) return 0;
  return exchange === buy.exchange ? 1 : 2;
}

function isDollar(asset: string): boolean {
  return asset === 'USD' || isDollarStablecoin(asset);
}

// Books of anything else never convert: what is traded moves too often to be looked at with every route.
const MONEY = new Set(['EUR', 'GBP', 'CHF', 'JPY', 'KRW', 'TRY', 'BRL', 'AUD']);

function isMoney(asset: string): boolean {
  return isDollar(asset) || MONEY.has(asset);
}
