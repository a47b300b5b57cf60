import { fixedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { SimBook } from '../world/sim-book.js';

/** Writes levels as crypto.com does: price, size and the number of orders; a level that is gone has none. */
export function rowsOf(book: SimBook, levels: readonly WireLevel[]): string[][] {
  const { priceDecimals, sizeDecimals } = book.listing;
  return levels.map(({ tick, lots }) => [
    fixedText(tick, priceDecimals),
    fixedText(lots, sizeDecimals),
    lots === 0 ? '0' : String(1 + (tick % 4)),
  ]);
}
