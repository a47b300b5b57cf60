/** One side of a book in whole ticks and lots, best level first. */
export class BookSide {
  readonly ticks: number[] = [];
  readonly lots: number[] = [];

  constructor(readonly side: 'bid' | 'ask') {}

  /** Number of levels. */
  get length(): number {
    return this.ticks.length;
  }

  /** True when `a` is a better price than `b` on this side. */
  isBetter(a: number, b: number): boolean {
    return this.side === 'bid' ? a > b : a < b;
  }

  /** Lots resting at a tick, 0 when the level does not exist. */
  at(tick: number): number {
    const index = this.indexOf(tick);
    return this.ticks[index] === tick ? (this.lots[index] as number) : 0;
  }

  /** Sets the lots of a level, 0 removes it; returns what rested there before. */
  set(tick: number, lots: number): number {
    const index = this.indexOf(tick);
    const exists = this.ticks[index] === tick;
    const was = exists ? (this.lots[index] as number) : 0;
    if (lots === 0) {
      if (exists) {
        this.ticks.splice(index, 1);
        this.lots.splice(index, 1);
      }
    } else if (exists) {
      this.lots[index] = lots;
    } else {
      this.ticks.splice(index, 0, tick);
      this.lots.splice(index, 0, lots);
    }
    return was;
  }

  /** A copy that can be changed apart. */
  clone(): BookSide {
    const copy = new BookSide(this.side);
    copy.ticks.push(...this.ticks);
    copy.lots.push(...this.lots);
    return copy;
  }

  private indexOf(tick: number): number {
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBetter(this.ticks[middle] as number, tick)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
