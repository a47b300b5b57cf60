import { trimmedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { BookSide } from '../world/book-side.js';
import type { SimBook } from '../world/sim-book.js';

/** Levels of a side, always. */
const DEPTH = 20;

/** A book as hyperliquid tells it, over sockets and REST alike: twenty levels, bids then asks. */
export function bookOf(book: SimBook): object {
  const { wireId, priceDecimals, sizeDecimals } = book.listing;
  const side = (levels: BookSide): object[] =>
    topLevels(levels, DEPTH).map(({ tick, lots }) => ({
      ...{ px: decimal(tick, priceDecimals), sz: decimal(lots, sizeDecimals), n: 1 + (tick % 5) },
    }));
  return { coin: wireId, time: Math.floor(book.timeMs), levels: [side(book.bids), side(book.asks)] };
}

// Whole numbers keep one decimal.
function decimal(units: number, decimals: number): string {
  const text = trimmedText(units, decimals);
  return text.includes('.') ? text : `${text}.0`;
}
