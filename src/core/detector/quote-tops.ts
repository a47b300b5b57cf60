const INITIAL_SEATS = 8;

/**
 * The last known tops of all instruments of one asset in one quote, side by side.
 *
 * Numbers that lie in one array are read at once, where as many objects would each be waited for: with thousands of books
 * nearly all of an update's time is that waiting. Bounded by the instruments that hold a seat.
 */
export class QuoteTops {
  private bids = new Float64Array(INITIAL_SEATS).fill(NaN);
  private asks = new Float64Array(INITIAL_SEATS).fill(NaN);
  private taken = 0;
  private readonly free: number[] = [];

  /** @returns A seat for one more instrument, with neither side known. */
  join(): number {
    const seat = this.free.pop() ?? this.taken++;
    if (seat === this.bids.length) this.grow();
    return seat;
  }

  /**
   * Gives a seat back.
   *
   * @param seat - Whose instrument is forgotten.
   */
  leave(seat: number): void {
    this.set(seat, NaN, NaN);
    this.free.push(seat);
  }

  /** @returns True when nobody holds a seat. */
  get isEmpty(): boolean {
    return this.free.length === this.taken;
  }

  /**
   * @param seat - Whose.
   * @returns Its best bid per unit of the asset, NaN while unknown.
   */
  bid(seat: number): number {
    return this.bids[seat] as number;
  }

  /**
   * @param seat - Whose.
   * @returns Its best ask per unit of the asset, NaN while unknown.
   */
  ask(seat: number): number {
    return this.asks[seat] as number;
  }

  /**
   * @param seat - Whose.
   * @param bid - Best bid per unit of the asset.
   * @param ask - Best ask per unit of the asset.
   */
  set(seat: number, bid: number, ask: number): void {
    this.bids[seat] = bid;
    this.asks[seat] = ask;
  }

  /**
   * Tells whether any two tops with one of this seat are crossed, its own two among them.
   *
   * @param seat - Whose tops are looked at.
   * @returns True when somebody's bid is above its ask, or its bid above somebody's ask.
   */
  isCrossed(seat: number): boolean {
    const { bids, asks, taken } = this;
    const bid = bids[seat] as number;
    const ask = asks[seat] as number;
    for (let other = 0; other < taken; other++) {
      if ((bids[other] as number) > ask || bid > (asks[other] as number)) return true;
    }
    return false;
  }

  private grow(): void {
    this.bids = widened(this.bids);
    this.asks = widened(this.asks);
  }
}

function widened(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(numbers.length * 2).fill(NaN);
  wide.set(numbers);
  return wide;
}
