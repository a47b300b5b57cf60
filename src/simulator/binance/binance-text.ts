import type { WireLevel } from '../wire/depth-view.js';
import { fixedText } from '../wire/decimal-text.js';
import type { Listing } from '../world/listings.js';

/** Writes a level as binance does: eight decimals, whatever the tick. */
export function levelText(listing: Listing, level: WireLevel): string {
  return `["${priceText(listing, level.tick)}","${sizeText(listing, level.lots)}"]`;
}

/** A price with eight decimals. */
export function priceText(listing: Listing, tick: number): string {
  return eight(fixedText(tick, listing.priceDecimals), listing.priceDecimals);
}

/** A size with eight decimals. */
export function sizeText(listing: Listing, lots: number): string {
  return eight(fixedText(lots, listing.sizeDecimals), listing.sizeDecimals);
}

function eight(text: string, decimals: number): string {
  return decimals === 0 ? `${text}.00000000` : text + '0'.repeat(8 - decimals);
}
