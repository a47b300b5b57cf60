import type { Dice } from './dice.js';

/** Price in ticks and size in lots: whole numbers, so that nothing is ever rounded. A size of 0 is no level. */
export type Level = readonly [ticks: number, lots: number];

/** Levels of both sides, in any order. */
export interface Levels {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** What a pair looks like. */
export interface Pair {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
  /** Where the walk begins and around which it stays, in ticks. */
  readonly middle: number;
  /** About how many levels each side has. */
  readonly depth: number;
}

/** Levels a side that are kept of a past state: more than anyone compares. */
const KEPT_LEVELS = 60;
/** Past states that are kept: half a minute of updates. */
const KEPT_STATES = 400;
/** Most places a level can have within a side, as a multiple of its levels. */
const SPARSENESS = 3;

/** The best levels of a book after one step, as the numbers that a reader of the wire should hold. */
export interface PastState {
  readonly step: number;
  readonly sequence: number | null;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

/** An order book that walks by chance and knows what it truly was after each of its last steps. */
export class TrueBook {
  private readonly bidLots = new Map<number, number>();
  private readonly askLots = new Map<number, number>();
  private readonly past: PastState[] = [];
  private step_ = 0;
  private ranked: Levels = { bids: [], asks: [] };

  constructor(
    readonly pair: Pair,
    private readonly dice: Dice,
  ) {
    const { middle, depth } = pair;
    for (const [side, direction] of [
      [this.bidLots, -1],
      [this.askLots, 1],
    ] as const) {
      while (side.size < depth) side.set(middle + direction * dice.whole(1, depth * SPARSENESS), this.someLots());
    }
    this.rank();
  }

  /** Every level, best first. */
  get levels(): Levels {
    return this.ranked;
  }

  top(count: number): Levels {
    return { bids: this.ranked.bids.slice(0, count), asks: this.ranked.asks.slice(0, count) };
  }

  price(ticks: number): string {
    return (ticks / 10 ** this.pair.priceDecimals).toFixed(this.pair.priceDecimals);
  }

  size(lots: number): string {
    return (lots / 10 ** this.pair.sizeDecimals).toFixed(this.pair.sizeDecimals);
  }

  /**
   * Changes the book by chance.
   *
   * @param isMarked - The change shall be seen at the top.
   * @returns The levels that changed, some removals of levels that never were among them.
   */
  step(isMarked = false): Levels {
    const bids = new Set<number>();
    const asks = new Set<number>();
    if (isMarked || this.dice.chance(0.05)) this.jump(bids, asks);
    for (let count = this.dice.whole(1, 7); count > 0; count--) {
      if (this.dice.chance(0.5)) this.touch(this.bidLots, this.ranked.bids, -1, bids);
      else this.touch(this.askLots, this.ranked.asks, 1, asks);
    }
    this.rank();
    return {
      bids: this.dice.shuffled([...bids]).map((ticks) => [ticks, this.bidLots.get(ticks) ?? 0]),
      asks: this.dice.shuffled([...asks]).map((ticks) => [ticks, this.askLots.get(ticks) ?? 0]),
    };
  }

  /** Keeps the present state under the sequence that the frame of this step carries. */
  remember(sequence: number | null): void {
    this.step_ += 1;
    const { bids, asks } = this.ranked;
    const read = ([ticks, lots]: Level): [number, number] => [Number(this.price(ticks)), Number(this.size(lots))];
    this.past.push({
      step: this.step_,
      sequence,
      bids: bids.slice(0, KEPT_LEVELS).map(read),
      asks: asks.slice(0, KEPT_LEVELS).map(read),
    });
    if (this.past.length > KEPT_STATES) this.past.shift();
  }

  /** The kept states, newest first. */
  *states(): Generator<PastState> {
    for (let index = this.past.length - 1; index >= 0; index--) yield this.past[index]!;
  }

  private someLots(): number {
    // From one lot (1e-7 and less) to many, over orders of magnitude.
    return Math.max(1, Math.round(10 ** (this.dice.fraction() * (this.pair.sizeDecimals + 1))));
  }

  private touch(side: Map<number, number>, ranked: readonly Level[], away: 1 | -1, touched: Set<number>): void {
    const near = this.dice.chance(0.7) ? 12 : ranked.length;
    const [ticks] = ranked[this.dice.whole(0, Math.min(near, ranked.length) - 1)]!;
    const kind = this.dice.fraction();
    if (kind < 0.45) {
      side.set(ticks, this.someLots());
      touched.add(ticks);
    } else if (kind < 0.7 && side.size > this.pair.depth * 0.9) {
      side.delete(ticks);
      touched.add(ticks);
    } else if (kind < 0.95) {
      this.insert(side, ranked, away, touched);
    } else {
      const never = ranked.at(-1)![0] + away * this.dice.whole(1, 50);
      touched.add(never);
    }
  }

  private insert(side: Map<number, number>, ranked: readonly Level[], away: 1 | -1, touched: Set<number>): void {
    const opposite = (side === this.bidLots ? this.ranked.asks : this.ranked.bids)[0]![0];
    const from = this.dice.chance(0.2) ? opposite + away : ranked[0]![0];
    const to = ranked[Math.min(ranked.length - 1, this.dice.chance(0.6) ? 15 : ranked.length - 1)]![0];
    const ticks = this.dice.whole(Math.min(from, to), Math.max(from, to));
    if (side.has(ticks) || ticks <= 0 || (ticks - opposite) * away <= 0) return;
    side.set(ticks, this.someLots());
    touched.add(ticks);
    // What comes next in the same step must not cross it; levels deleted meanwhile only make that stricter.
    this.rank();
  }

  // A sweep through several levels of one side; the other follows. The walk is drawn back to where it began.
  private jump(bids: Set<number>, asks: Set<number>): void {
    const middle = (this.ranked.bids[0]![0] + this.ranked.asks[0]![0]) / 2;
    const isUp = this.dice.chance(middle < this.pair.middle ? 0.75 : 0.25);
    const [swept, sweptRank, sweptTouched] = isUp
      ? ([this.askLots, this.ranked.asks, asks] as const)
      : ([this.bidLots, this.ranked.bids, bids] as const);
    const [following, followingTouched, away] = isUp
      ? ([this.bidLots, bids, -1] as const)
      : ([this.askLots, asks, 1] as const);
    const count = Math.min(this.dice.whole(2, 5), sweptRank.length - 1);
    for (const [ticks] of sweptRank.slice(0, count)) {
      swept.delete(ticks);
      sweptTouched.add(ticks);
    }
    const best = sweptRank[count]![0];
    for (let placed = 0; placed < count; placed++) {
      const ticks = best + away * this.dice.whole(1, 8);
      following.set(ticks, this.someLots());
      followingTouched.add(ticks);
    }
    this.refill(swept, sweptRank.at(-1)![0], isUp ? 1 : -1, sweptTouched);
    this.rank();
  }

  private refill(side: Map<number, number>, last: number, away: 1 | -1, touched: Set<number>): void {
    for (let ticks = last + away; side.size < this.pair.depth && ticks > 0; ticks += away) {
      side.set(ticks, this.someLots());
      touched.add(ticks);
    }
  }

  private rank(): void {
    this.ranked = {
      bids: [...this.bidLots].sort((a, b) => b[0] - a[0]),
      asks: [...this.askLots].sort((a, b) => a[0] - b[0]),
    };
  }
}
