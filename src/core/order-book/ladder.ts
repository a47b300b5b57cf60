import type { FlatLevels } from './book-update.js';

const INITIAL_CAPACITY = 64;
/** So many levels are moved one by one: calling the machine's own copy costs more. */
const FEW_LEVELS = 24;

/**
 * One side of an order book: price levels sorted from best to worst in two Float64Arrays.
 *
 * Levels are stored worst first, so that the frequent changes near the best price move few numbers.
 * Once a snapshot or a trim has shown that deeper levels exist which are not kept, `horizon` bounds what is known:
 * a change beyond it is ignored, since a book with holes beyond that price would look deeper than it is known to be.
 */
export class Ladder {
  private prices = new Float64Array(INITIAL_CAPACITY);
  private sizes = new Float64Array(INITIAL_CAPACITY);
  private count = 0;
  /** Worst price that is known without holes; null while the whole side is known. */
  private horizon: number | null = null;

  /**
   * @param side - `bid` sorts descending, `ask` ascending.
   * @param capacity - The most levels kept; deeper ones are cut.
   */
  constructor(
    readonly side: 'bid' | 'ask',
    private readonly capacity: number,
  ) {}

  /** @returns Number of levels. */
  get length(): number {
    return this.count;
  }

  /**
   * @param rank - 0 is the best level.
   * @returns Its price, NaN when there is no such level.
   */
  price(rank: number): number {
    return this.prices[this.count - 1 - rank] ?? NaN;
  }

  /**
   * @param rank - 0 is the best level.
   * @returns Its size in base, NaN when there is no such level.
   */
  size(rank: number): number {
    return this.sizes[this.count - 1 - rank] ?? NaN;
  }

  /** Empties the side. */
  clear(): void {
    this.count = 0;
    this.horizon = null;
  }

  /**
   * Replaces the side. What is beyond the capacity is cut as it comes, so that a book of any depth needs no more room.
   *
   * @param levels - Flat levels, best first or in any order.
   * @throws {RangeError} If a level is not a finite price above 0 with a size of 0 or more.
   */
  reset(levels: FlatLevels): void {
    this.clear();
    for (let i = 0; i + 1 < levels.length; i += 2) {
      this.set(levels[i] as number, levels[i + 1] as number);
      if (this.count > this.capacity) this.trim();
    }
  }

  /**
   * Applies changed levels; a size of 0 removes.
   *
   * @param levels - Flat levels in any order.
   * @throws {RangeError} If a level is not a finite price above 0 with a size of 0 or more.
   */
  apply(levels: FlatLevels): void {
    for (let i = 0; i + 1 < levels.length; i += 2) this.set(levels[i] as number, levels[i + 1] as number);
    if (this.count > this.capacity) this.trim();
  }

  /**
   * Copies the best levels for a reader that keeps them.
   *
   * @param depth - The most levels to copy.
   * @returns Pairs `[price, size]`, best first.
   */
  top(depth: number): [number, number][] {
    const length = Math.min(depth, this.count);
    const copy: [number, number][] = new Array<[number, number]>(length);
    for (let rank = 0; rank < length; rank++) copy[rank] = [this.price(rank), this.size(rank)];
    return copy;
  }

  /**
   * Cuts the side to a number of levels and lets what was cut be forgotten without a horizon, for exchanges whose feed
   * defines the book as its best N levels (kraken): a level that comes back is sent again.
   *
   * @param depth - Levels to keep.
   * @returns What was cut, as flat removals `[price, 0, …]`, so that a follower of the updates cuts the same.
   */
  truncate(depth: number): number[] {
    const excess = this.count - depth;
    const removals: number[] = [];
    for (let index = 0; index < excess; index++) removals.push(this.prices[index] as number, 0);
    if (excess > 0) this.dropWorst(excess);
    return removals;
  }

  /**
   * Tells whether so much of the known part was eaten that the side is no longer deep enough to be trusted.
   *
   * @param depth - Levels that a trustworthy side shows when more exist.
   * @returns True when deeper levels exist that are not known and fewer than `depth` are left.
   */
  isShallow(depth: number): boolean {
    return this.horizon !== null && this.count < depth;
  }

  /**
   * Notes that a snapshot showed so many levels at most: a side with as many ends where it is known, not where it ends.
   *
   * @param limit - Levels that the snapshot could show.
   */
  bound(limit: number): void {
    if (this.count >= limit) this.horizon = this.prices[0] as number;
  }

  private trim(): void {
    const excess = this.count - this.capacity;
    if (excess <= 0) return;
    this.dropWorst(excess);
    this.horizon = this.prices[0] as number;
  }

  private dropWorst(excess: number): void {
    this.prices.copyWithin(0, excess, this.count);
    this.sizes.copyWithin(0, excess, this.count);
    this.count -= excess;
  }

  private isBetter(a: number, b: number): boolean {
    return this.side === 'bid' ? a > b : a < b;
  }

  private set(price: number, size: number): void {
    if (!isLevel(price, size)) {
      throw new RangeError(`a price level must be finite, price above 0, size 0 or more: got ${price} × ${size}`);
    }
    if (this.horizon !== null && this.isBetter(this.horizon, price)) return;
    const index = this.indexOf(price);
    const exists = index < this.count && this.prices[index] === price;
    if (size === 0) {
      if (exists) this.removeAt(index);
    } else if (exists) {
      this.sizes[index] = size;
    } else {
      this.insertAt(index, price, size);
    }
  }

  // Where a price stands, or would stand. Looked for from the best price outwards in growing steps: most changes are near
  // it, and of a book that was not looked at for a while each part of the array that is touched must be waited for.
  private indexOf(price: number): number {
    const { prices } = this;
    const isBid = this.side === 'bid';
    let high = this.count;
    let low = high - 1;
    for (let step = 1; low >= 0; step *= 2) {
      const at = prices[low] as number;
      if (isBid ? at < price : at > price) break;
      high = low;
      low -= step;
    }
    low = Math.max(low + 1, 0);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = prices[middle] as number;
      if (isBid ? at < price : at > price) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private removeAt(index: number): void {
    this.move(index + 1, index);
    this.count -= 1;
  }

  private insertAt(index: number, price: number, size: number): void {
    if (this.count === this.prices.length) this.grow();
    this.move(index, index + 1);
    this.prices[index] = price;
    this.sizes[index] = size;
    this.count += 1;
  }

  // Moves all levels from one index on, the best ones, by one place.
  private move(from: number, to: number): void {
    const { prices, sizes, count } = this;
    if (count - from > FEW_LEVELS) {
      prices.copyWithin(to, from, count);
      sizes.copyWithin(to, from, count);
    } else if (to < from) {
      for (let at = from; at < count; at++) {
        prices[at - 1] = prices[at] as number;
        sizes[at - 1] = sizes[at] as number;
      }
    } else {
      for (let at = count; at > from; at--) {
        prices[at] = prices[at - 1] as number;
        sizes[at] = sizes[at - 1] as number;
      }
    }
  }

  private grow(): void {
    const prices = new Float64Array(this.prices.length * 2);
    const sizes = new Float64Array(this.sizes.length * 2);
    prices.set(this.prices);
    sizes.set(this.sizes);
    this.prices = prices;
    this.sizes = sizes;
  }
}

function isLevel(price: number, size: number): boolean {
  return price > 0 && price < Infinity && size >= 0 && size < Infinity;
}
