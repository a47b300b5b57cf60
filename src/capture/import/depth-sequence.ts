/** What binance's depth frame says of its place in the numbering. */
export interface DepthNumbers {
  /** First update of the frame. */
  readonly U: number;
  /** Last update of the frame. */
  readonly u: number;
  /** Last update of the frame before: futures only. */
  readonly pu?: number;
}

/** What to do with a frame: apply it, drop what the snapshot holds already, or begin anew after a hole. */
export type Place = 'follows' | 'before_snapshot' | 'gap';

/**
 * Proves that binance's depth frames follow their snapshot and one another as it documents for spot
 * (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#how-to-manage-a-local-order-book-correctly)
 * and for futures, whose frames overlap the snapshot differently and name the end of the frame before
 * (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/How-to-manage-a-local-order-book-correctly).
 */
export class DepthSequence {
  private last: number | null = null;
  private isAligned = false;

  /** @param isFutures - Whose rules hold. */
  constructor(private readonly isFutures: boolean) {}

  /** Whether a snapshot has come, and no hole since. */
  get hasSnapshot(): boolean {
    return this.last !== null;
  }

  /** Begins at a snapshot. */
  start(lastUpdateId: number): void {
    this.last = lastUpdateId;
    this.isAligned = false;
  }

  /** Gives the place of the next frame; after a gap nothing follows before another snapshot. */
  take({ U, u, pu }: DepthNumbers): Place {
    const { last, isFutures } = this;
    if (last === null) return 'gap';
    if (!this.isAligned && (isFutures ? u < last : u <= last)) return 'before_snapshot';
    const fits = this.isAligned ? (isFutures ? pu === last : U === last + 1) : U <= (isFutures ? last : last + 1);
    this.isAligned = fits;
    this.last = fits ? u : null;
    return fits ? 'follows' : 'gap';
  }
}
