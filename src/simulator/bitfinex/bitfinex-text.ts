import { crc32 } from '../wire/crc32.js';
import { fixedText } from '../wire/decimal-text.js';
import type { WireLevel, WireLevels } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';
import type { SimBook } from '../world/sim-book.js';

/** Levels of each side that the checksum covers. */
const CHECKSUM_LEVELS = 25;

/** Writes levels as bitfinex does, one row each: price, orders, size, that of an ask negative; without orders it is gone. */
export function bookRows(listing: Listing, { bids, asks }: WireLevels): string[] {
  return [...bids.map((level) => row(listing, level, '')), ...asks.map((level) => row(listing, level, '-'))];
}

/** The checksum of a book: CRC-32, signed, over the best 25 levels as they are written, bid and ask in turn. */
export function bitfinexChecksum({ listing, bids, asks }: SimBook): number {
  const parts: string[] = [];
  for (let rank = 0; rank < CHECKSUM_LEVELS; rank++) {
    for (const { side, ticks, lots } of [bids, asks]) {
      const tick = ticks[rank];
      if (tick === undefined) continue;
      const size = numberText(lots[rank] as number, listing.sizeDecimals);
      parts.push(numberText(tick, listing.priceDecimals), side === 'ask' ? `-${size}` : size);
    }
  }
  return crc32(parts.join(':')) | 0;
}

function row(listing: Listing, { tick, lots }: WireLevel, sign: '' | '-'): string {
  const price = numberText(tick, listing.priceDecimals);
  return lots === 0
    ? `[${price},0,${sign}1]`
    : `[${price},${1 + (tick % 4)},${sign}${numberText(lots, listing.sizeDecimals)}]`;
}

// The exchange's servers write numbers as JavaScript does: 0.0000001 is 1e-7.
function numberText(units: number, decimals: number): string {
  return String(Number(fixedText(units, decimals)));
}
