import { trimmedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { SimBook } from '../world/sim-book.js';

/** Writes the price and size of a level as mexc does: without trailing zeros. */
export function levelOf(book: SimBook, { tick, lots }: WireLevel): [price: string, size: string] {
  const { priceDecimals, sizeDecimals } = book.listing;
  return [trimmedText(tick, priceDecimals), trimmedText(lots, sizeDecimals)];
}
