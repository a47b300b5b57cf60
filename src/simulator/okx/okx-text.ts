import { crc32 } from '../wire/crc32.js';
import { trimmedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';
import type { SimBook } from '../world/sim-book.js';

/** Levels of each side that the checksum covers. */
const CHECKSUM_LEVELS = 25;

/** Writes levels as okx does: price, size, an unused zero, number of orders; no trailing zeros. */
export function levelsText(listing: Listing, levels: readonly WireLevel[]): string {
  return levels
    .map(({ tick, lots }) => {
      const orders = lots === 0 ? 0 : 1 + ((tick + lots) % 9);
      return `["${trimmedText(tick, listing.priceDecimals)}","${trimmedText(lots, listing.sizeDecimals)}","0","${orders}"]`;
    })
    .join(',');
}

/** The checksum of a book: CRC-32, signed, over the best 25 levels, bid and ask in turn, joined by colons. */
export function okxChecksum(book: SimBook): number {
  const { listing, bids, asks } = book;
  const parts: string[] = [];
  for (let rank = 0; rank < CHECKSUM_LEVELS; rank++) {
    for (const side of [bids, asks]) {
      const tick = side.ticks[rank];
      if (tick === undefined) continue;
      parts.push(trimmedText(tick, listing.priceDecimals));
      parts.push(trimmedText(side.lots[rank] as number, listing.sizeDecimals));
    }
  }
  return crc32(parts.join(':')) | 0;
}
