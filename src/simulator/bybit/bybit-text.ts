import { fixedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';

/** Writes levels as bybit does: as many decimals as tick and lot have. */
export function levelsText(listing: Listing, levels: readonly WireLevel[]): string {
  return levels
    .map(
      ({ tick, lots }) =>
        `["${fixedText(tick, listing.priceDecimals)}","${lots === 0 ? '0' : fixedText(lots, listing.sizeDecimals)}"]`,
    )
    .join(',');
}

/** The sequence over all of a symbol's feeds; it grows faster than `u`. */
export function crossSequence(updateId: number): number {
  return 112_000_000_000 + updateId * 9;
}
