import { costAfterFee, proceedsAfterFee } from '../../../../src/core/money/bps.js';

/** Levels of a book, pairs of price and size, best first. */
export type Levels = readonly (readonly [number, number])[];

/** How both legs are brought to one asset and one quote. */
export interface Terms {
  readonly buyTakerFeeBps: number;
  readonly sellTakerFeeBps: number;
  /** Units of the asset in one unit of each leg's base. */
  readonly buyUnit: number;
  readonly sellUnit: number;
  /** Buying quote per unit of the selling quote. */
  readonly rate: number;
}

/** The walk through both books, level by level, beyond the point up to which it pays. */
export interface Walk {
  /** Units of the asset after each step; the first is 0. */
  readonly sizes: readonly number[];
  /** Net profit up to there, in the buying quote. */
  readonly profits: readonly number[];
  /** The size with the greatest profit: what pays. */
  readonly payingSize: number;
}

/** So far beyond the size that pays, the walk goes on to show why it ended there. */
const BEYOND = 3;

/** One side of the walk: where it is, in units of the asset and the buying quote. */
class Side {
  private rank = 0;
  private taken = 0;

  constructor(
    private readonly levels: Levels,
    private readonly unit: number,
    private readonly rate: number,
  ) {}

  get isUsedUp(): boolean {
    return this.rank >= this.levels.length;
  }

  /** Buying quote per unit of the asset. */
  get price(): number {
    return ((this.levels[this.rank]?.[0] ?? 0) * this.rate) / this.unit;
  }

  /** What is left of this level. */
  get left(): number {
    return (this.levels[this.rank]?.[1] ?? 0) * this.unit - this.taken;
  }

  take(size: number): void {
    this.taken += size;
    if (this.left > 0) return;
    this.rank += 1;
    this.taken = 0;
  }
}

/** Walks asks and bids as detection does, but does not stop where the next unit does not pay. */
export function walkBeyond(asks: Levels, bids: Levels, terms: Terms): Walk {
  const buying = new Side(asks, terms.buyUnit, 1);
  const selling = new Side(bids, terms.sellUnit, terms.rate);
  const sizes = [0];
  const profits = [0];
  let [size, profit, payingSize] = [0, 0, 0];
  while (!buying.isUsedUp && !selling.isUsedUp) {
    const proceeds = proceedsAfterFee(selling.price, terms.sellTakerFeeBps);
    const each = proceeds - costAfterFee(buying.price, terms.buyTakerFeeBps);
    const isPaying = each > 0;
    if (!isPaying && payingSize === 0) break;
    const room = isPaying ? Infinity : payingSize * BEYOND - size;
    const take = Math.min(buying.left, selling.left, room);
    if (take <= 0) break;
    size += take;
    profit += take * each;
    if (isPaying) payingSize = size;
    sizes.push(size);
    profits.push(profit);
    buying.take(take);
    selling.take(take);
  }
  return { sizes, profits, payingSize };
}

/** How much of each level a size takes, from the best on: shares from 0 to 1. */
export function sharesOf(levels: Levels, unit: number, size: number): number[] {
  let left = size;
  return levels.map(([, offered]) => {
    const taken = Math.max(0, Math.min(offered * unit, left));
    left -= taken;
    return offered > 0 ? taken / (offered * unit) : 0;
  });
}
