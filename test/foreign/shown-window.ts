import type { Level, Levels, TrueBook } from './true-book.js';

/** The best levels of a book as one subscriber was told of them, where a feed shows a window only. */
export class ShownWindow {
  private shown: Levels;

  constructor(
    private readonly book: TrueBook,
    readonly depth: number,
  ) {
    this.shown = book.top(depth);
  }

  get levels(): Levels {
    return this.shown;
  }

  /**
   * Moves the window to the present.
   *
   * @param tellsPushedOut - Levels that still rest but left the window are told as removed, too.
   * @returns What changed in it.
   */
  move(tellsPushedOut: boolean): Levels {
    const before = this.shown;
    this.shown = this.book.top(this.depth);
    const resting = this.book.levels;
    return {
      bids: changes(before.bids, this.shown.bids, tellsPushedOut ? null : resting.bids),
      asks: changes(before.asks, this.shown.asks, tellsPushedOut ? null : resting.asks),
    };
  }
}

function changes(before: readonly Level[], after: readonly Level[], resting: readonly Level[] | null): Level[] {
  const was = new Map(before);
  const is = new Map(after);
  const rests = resting ? new Map(resting) : is;
  const gone = before.filter(([ticks]) => !rests.has(ticks)).map(([ticks]): Level => [ticks, 0]);
  return [...gone, ...after.filter(([ticks, lots]) => was.get(ticks) !== lots)];
}
