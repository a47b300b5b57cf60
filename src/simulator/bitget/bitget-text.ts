import { crc32 } from '../wire/crc32.js';
import { trimmedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';
import type { SimBook } from '../world/sim-book.js';

/** Levels of each side that the checksum covers. */
const CHECKSUM_LEVELS = 25;

/** Writes levels as bitget does: price and size without trailing zeros. */
export function levelsText(listing: Listing, levels: readonly WireLevel[]): string {
  return levels
    .map(
      ({ tick, lots }) =>
        `["${trimmedText(tick, listing.priceDecimals)}","${trimmedText(lots, listing.sizeDecimals)}"]`,
    )
    .join(',');
}

/** The checksum of a book: CRC-32, signed, over the best 25 levels as they are written, bid and ask in turn. */
export function bitgetChecksum({ listing, bids, asks }: SimBook): number {
  const parts: string[] = [];
  for (let rank = 0; rank < CHECKSUM_LEVELS; rank++) {
    for (const { ticks, lots } of [bids, asks]) {
      const tick = ticks[rank];
      if (tick === undefined) continue;
      const size = trimmedText(lots[rank] as number, listing.sizeDecimals);
      parts.push(`${trimmedText(tick, listing.priceDecimals)}:${size}`);
    }
  }
  return crc32(parts.join(':')) | 0;
}
