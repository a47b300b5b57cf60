import { crc32 } from '../wire/crc32.js';
import { fixedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { BookSide } from '../world/book-side.js';
import type { Listing } from '../world/listings.js';
import type { SimBook } from '../world/sim-book.js';

/** Levels of each side that the checksum covers, whatever the depth that is subscribed. */
const CHECKSUM_LEVELS = 10;

/** Writes levels as kraken does: JSON numbers with all the decimals of tick and lot. */
export function levelsText(listing: Listing, levels: readonly WireLevel[]): string {
  return levels
    .map(
      ({ tick, lots }) =>
        `{"price":${fixedText(tick, listing.priceDecimals)},"qty":${fixedText(lots, listing.sizeDecimals)}}`,
    )
    .join(',');
}

/**
 * The checksum of a book: CRC-32 over the best ten asks, then the best ten bids, each price and quantity without point
 * and leading zeros.
 *
 * Ticks and lots are just those digits.
 */
export function krakenChecksum(book: SimBook): number {
  return crc32(digits(book.asks) + digits(book.bids));
}

function digits(side: BookSide): string {
  let text = '';
  for (let rank = 0; rank < Math.min(CHECKSUM_LEVELS, side.length); rank++) {
    text += `${side.ticks[rank] as number}${side.lots[rank] as number}`;
  }
  return text;
}

/** A time as kraken writes it, with microseconds. */
export function krakenTime(timeMs: number): string {
  const micros = Math.floor((timeMs % 1) * 1000);
  return `${new Date(timeMs).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
