import { consolidate } from '../consolidated-book/consolidated-book.js';
import { pathToUsd } from '../money/usd-path.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';
import { isSound } from './board-member.js';
import type { MarketBoard } from './market-board.js';

const REFRESH_MS = 1_000;
/** How long the last rate outlives its books: the time of a few reconnects, in which no rate moves by much. */
const OUTLIVES_MS = 60_000;

/**
 * USD per unit of an asset, through live books on the exchanges themselves and never through an assumed 1.0.
 *
 * Serves only thresholds on size, so a mid price and a second of age will do, and the last known rate outlives its
 * book by a minute. Bounded by the assets that symbols are quoted in.
 */
export class UsdRates {
  private readonly known = new Map<string, { rate: number; atMs: number }>();

  /**
   * @param board - The markets.
   * @param maxAgeMs - An older book takes no part.
   */
  constructor(
    private readonly board: MarketBoard,
    private readonly maxAgeMs: number,
  ) {}

  /** @returns Rates that know what these know, and learn apart from them. */
  copy(): UsdRates {
    const copy = new UsdRates(this.board, this.maxAgeMs);
    for (const [asset, known] of this.known) copy.known.set(asset, known);
    return copy;
  }

  /**
   * @param asset - Asset code.
   * @param nowMs - Our clock.
   * @returns USD per unit, null when no live book joined it with USD within the last minute.
   */
  rate(asset: string, nowMs: number): number | null {
    if (asset === 'USD') return 1;
    const known = this.known.get(asset);
    if (known && nowMs - known.atMs < REFRESH_MS) return known.rate;
    const fresh = this.derive(asset, nowMs);
    if (fresh === null) return known && nowMs - known.atMs < OUTLIVES_MS ? known.rate : null;
    this.known.set(asset, { rate: fresh, atMs: nowMs });
    return fresh;
  }

  private derive(asset: string, nowMs: number): number | null {
    const path = pathToUsd(asset, (from, pivot) => {
      const direct = this.mid(`${from}/${pivot}`, nowMs);
      const inverse = direct === null ? this.mid(`${pivot}/${from}`, nowMs) : null;
      const perUnit = direct ?? (inverse === null ? null : 1 / inverse);
      return perUnit === null ? null : { perUnit, step: null };
    });
    return path?.rate ?? null;
  }

  private mid(symbol: string, nowMs: number): number | null {
    const books: ReadonlyOrderBook[] = [];
    for (const member of this.board.listed(symbol)) {
      if (member.book && isSound(member, nowMs, this.maxAgeMs)) books.push(member.book);
    }
    const { bestBid, bestAsk } = consolidate(books);
    return bestBid && bestAsk ? (bestBid.price + bestAsk.price) / 2 : null;
  }
}
