import type { Dislocation } from './dislocation.js';
import type { ExchangeProfile } from './exchange-profile.js';
import type { Random } from './random.js';
import type { SimBook } from './sim-book.js';

/** Bounds of a side: filled up to `FILL` levels when under `LEAST`, cut to `FILL` when over `MOST`. */
const LEAST_LEVELS = 230;
const FILL_LEVELS = 300;
const MOST_LEVELS = 380;
/** Ranks near the top that are kept dense, and the most levels put into their gaps in one step. */
const DENSE_RANKS = 40;
const MOST_GAP_FILLS = 12;
/** Levels over which a dislocation's tip is spread. */
const TIP_WEIGHTS = [0.4, 0.3, 0.2, 0.1];

interface Tip {
  readonly side: 'bid' | 'ask';
  readonly levels: ReadonlyMap<number, number>;
}

interface Tops {
  readonly bidTop: number;
  readonly askTop: number;
}

interface Target extends Tops {
  readonly tip: Tip | null;
}

/** Quotes one book around a fair price: top of book, sizes by rank, gaps, tips of dislocations. Never crosses it. */
export class BookMaker {
  private tip: Tip | null = null;

  constructor(
    private readonly book: SimBook,
    private readonly profile: ExchangeProfile,
    private readonly topUsd: number,
    private readonly quoteUsd: number,
    private readonly random: Random,
  ) {}

  /**
   * Moves the book to a fair price (quote per base) by one step, without publishing it.
   *
   * @param fair - Where the exchange sees the price.
   * @param dislocation - What bends the book at this moment.
   */
  step(fair: number, dislocation: Dislocation | null): void {
    const target = this.target(fair, dislocation);
    this.tip = target.tip;
    this.settle('bid', target.bidTop);
    this.settle('ask', target.askTop);
    for (const side of ['bid', 'ask'] as const) {
      this.fillGaps(side);
      this.resize(side);
      this.bound(side);
    }
  }

  private target(fair: number, dislocation: Dislocation | null): Target {
    if (dislocation === null) return { ...this.ordinaryTops(fair), tip: null };
    const factor = 1 + ((dislocation.direction === 'cheap' ? -1 : 1) * dislocation.shiftBps) / 10_000;
    if (dislocation.shape === 'deep') return { ...this.ordinaryTops(fair * factor), tip: null };
    const ordinary = this.ordinaryTops(fair);
    if (dislocation.direction === 'cheap') {
      const tipTick = Math.floor(ordinary.askTop * factor);
      const tip = this.makeTip('ask', tipTick, ordinary.askTop, dislocation.tipUsd, fair);
      return { bidTop: Math.min(ordinary.bidTop, tipTick - 1), askTop: ordinary.askTop, tip };
    }
    const tipTick = Math.ceil(ordinary.bidTop * factor);
    const tip = this.makeTip('bid', tipTick, ordinary.bidTop, dislocation.tipUsd, fair);
    return { bidTop: ordinary.bidTop, askTop: Math.max(ordinary.askTop, tipTick + 1), tip };
  }

  private ordinaryTops(fair: number): Tops {
    const tick = this.book.tickSize;
    const half = ((this.profile.spreadBps / 20_000) * fair * this.random.between(0.7, 1.4)) / tick;
    const bidTop = Math.floor(fair / tick - half);
    return { bidTop, askTop: Math.max(bidTop + 1, Math.ceil(fair / tick + half)) };
  }

  // A few levels ahead of the ordinary ones; what they hold together is what a dislocation pays for.
  private makeTip(side: 'bid' | 'ask', top: number, ordinaryTop: number, usd: number, fair: number): Tip {
    const gap = Math.max(1, Math.round(this.spacing(0)));
    const levels = new Map<number, number>();
    const isThin = usd < 200;
    let tick = top;
    for (const weight of isThin ? [1] : TIP_WEIGHTS) {
      if (side === 'ask' ? tick >= ordinaryTop : tick <= ordinaryTop) break;
      levels.set(tick, this.lotsFor(usd * weight * this.random.between(0.95, 1.05), fair));
      tick += side === 'ask' ? gap : -gap;
    }
    return { side, levels };
  }

  private settle(side: 'bid' | 'ask', top: number): void {
    const own = this.book.sideOf(side);
    const tipLevels = this.tip?.side === side ? this.tip.levels : null;
    for (let rank = 0; rank < own.length && own.isBetter(own.ticks[rank] as number, top);) {
      const tick = own.ticks[rank] as number;
      if (tipLevels?.has(tick) === true) rank += 1;
      else this.book.set(side, tick, 0);
    }
    if (own.at(top) === 0) this.book.set(side, top, this.sizeAt(0, top));
    if (tipLevels !== null) for (const [tick, lots] of tipLevels) this.book.set(side, tick, lots);
  }

  private fillGaps(side: 'bid' | 'ask'): void {
    const own = this.book.sideOf(side);
    let fills = 0;
    for (
      let rank = this.tipLength(side);
      rank + 1 < Math.min(DENSE_RANKS, own.length) && fills < MOST_GAP_FILLS;
      rank++
    ) {
      const here = own.ticks[rank] as number;
      const gap = Math.abs((own.ticks[rank + 1] as number) - here);
      const spacing = this.spacing(rank);
      if (gap < 2 || gap <= 2.5 * spacing) continue;
      const step = Math.max(1, Math.min(gap - 1, Math.round(spacing * this.random.between(0.5, 1.5))));
      const tick = side === 'bid' ? here - step : here + step;
      this.book.set(side, tick, this.sizeAt(rank, tick));
      fills += 1;
    }
  }

  // Levels of the tip come first on their side.
  private tipLength(side: 'bid' | 'ask'): number {
    return this.tip?.side === side ? this.tip.levels.size : 0;
  }

  // The best ordinary level changes in every step, so that a view of any depth has something to tell.
  private resize(side: 'bid' | 'ask'): void {
    const own = this.book.sideOf(side);
    const first = this.tipLength(side);
    const top = own.ticks[first];
    if (top !== undefined) {
      const lots = this.sizeAt(0, top);
      this.book.set(side, top, lots === own.lots[first] ? lots + 1 : lots);
    }
    for (let turns = this.random.below(4); turns > 0; turns--) {
      const rank = first + 1 + Math.floor(this.random.exponential(5));
      const tick = own.ticks[rank];
      if (tick === undefined) continue;
      this.book.set(side, tick, this.random.next() < 0.15 ? 0 : this.sizeAt(rank, tick));
    }
  }

  private bound(side: 'bid' | 'ask'): void {
    const own = this.book.sideOf(side);
    if (own.length > MOST_LEVELS) {
      for (const tick of own.ticks.slice(FILL_LEVELS)) this.book.set(side, tick, 0);
    }
    if (own.length >= LEAST_LEVELS) return;
    while (own.length < FILL_LEVELS) {
      const worst = own.ticks[own.length - 1] as number;
      const step = Math.max(1, Math.round(this.spacing(own.length) * this.random.between(0.3, 1.7)));
      const tick = side === 'bid' ? worst - step : worst + step;
      if (tick <= 0) return;
      this.book.set(side, tick, this.sizeAt(own.length, tick));
    }
  }

  // Ticks between neighbours: dense at the top, wider with depth.
  private spacing(rank: number): number {
    const top = this.book.asks.ticks[0] ?? this.book.bids.ticks[0] ?? 1;
    return (this.profile.spacingBps / 10_000) * top * (1 + rank / 25);
  }

  private sizeAt(rank: number, tick: number): number {
    const shape = (1 + 0.12 * Math.min(rank, 60)) * Math.exp(0.8 * this.random.normal());
    const crumb = this.random.next() < 0.08 ? 0.03 : 1;
    return this.lotsFor(this.topUsd * shape * crumb, tick * this.book.tickSize);
  }

  private lotsFor(usd: number, price: number): number {
    return Math.max(1, Math.round(usd / (this.quoteUsd * price) / this.book.lotSize));
  }
}
