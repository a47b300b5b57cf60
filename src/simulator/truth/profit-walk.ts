import type { BookSide } from '../world/book-side.js';
import { TAKER_BPS } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';
import type { SimBook } from '../world/sim-book.js';

/** Powers of ten by exponent; looked up, since every route is measured ten times a second. */
const SCALES = Array.from({ length: 20 }, (_, exponent) => 10 ** exponent);

/** What buying on one book and selling on another leaves after both taker fees, over everything that pays. */
export interface Gain {
  /** At the top of both books, bps of the buy price. */
  readonly topNetBps: number;
  /** Over the whole paying size, bps of what is bought. */
  readonly netBps: number;
  /** What is bought, quote, without fees. */
  readonly notional: number;
}

// Every route is measured ten times a second, so what does not change is looked up once.
const shares = new WeakMap<Listing, number>();

/** Taker fee of a book, as a share of the notional. */
export function takerShare({ listing }: SimBook): number {
  let share = shares.get(listing);
  if (share === undefined) {
    const { exchange, symbol } = listing;
    share = (TAKER_BPS[`${exchange}:${symbol}`] ?? TAKER_BPS[exchange] ?? NaN) / 10_000;
    shares.set(listing, share);
  }
  return share;
}

/**
 * Walks both books from the top for as long as the next piece still pays.
 *
 * @param rate - What a unit of the selling quote is worth in the buying one; 1 where both are the same.
 * @param most - Most of the buying quote that the selling one can become.
 * @returns The gain; null when not even the top pays.
 */
export function walk(buy: SimBook, sell: SimBook, rate: number, most = Infinity): Gain | null {
  const buyFactor = 1 + takerShare(buy);
  const sellFactor = (1 - takerShare(sell)) * rate;
  if (!(priceAt(sell.bids, sell.listing, 0) * sellFactor > priceAt(buy.asks, buy.listing, 0) * buyFactor)) return null;
  const ask = new Cursor(buy.asks, buy.listing);
  const bid = new Cursor(sell.bids, sell.listing);
  const topNetBps = ((bid.price * sellFactor - ask.price * buyFactor) / ask.price) * 10_000;
  let notional = 0;
  let profit = 0;
  let left = most;
  while (bid.price * sellFactor > ask.price * buyFactor) {
    const offered = Math.min(ask.left, bid.left);
    const size = Math.min(offered, left / (bid.price * sellFactor));
    notional += size * ask.price;
    profit += size * (bid.price * sellFactor - ask.price * buyFactor);
    // Not until nothing is left: roundings may never let it come to that.
    if (size < offered) break;
    left -= size * bid.price * sellFactor;
    ask.take(size);
    bid.take(size);
  }
  return { topNetBps, netBps: (profit / notional) * 10_000, notional };
}

/** Price of a level, NaN where there is none. */
export function priceAt(side: BookSide, { priceDecimals }: Listing, rank: number): number {
  // Divided, not multiplied: the nearest double, the same that parsing the published text gives.
  return (side.ticks[rank] ?? NaN) / (SCALES[priceDecimals] as number);
}

/** Size of a level, 0 where there is none. */
export function sizeAt(side: BookSide, { sizeDecimals }: Listing, rank: number): number {
  return (side.lots[rank] ?? 0) / (SCALES[sizeDecimals] as number);
}

class Cursor {
  price = NaN;
  left = 0;
  private rank = -1;

  constructor(
    private readonly side: BookSide,
    private readonly listing: Listing,
  ) {
    this.next();
  }

  take(size: number): void {
    this.left -= size;
    if (this.left <= 0) this.next();
  }

  private next(): void {
    this.rank += 1;
    this.price = priceAt(this.side, this.listing, this.rank);
    this.left = sizeAt(this.side, this.listing, this.rank);
  }
}
