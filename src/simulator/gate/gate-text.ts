import { trimmedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';

/** Writes levels as gate does: price and size without trailing zeros. */
export function levelRows(listing: Listing, levels: readonly WireLevel[]): readonly (readonly [string, string])[] {
  return levels.map(({ tick, lots }) => [
    trimmedText(tick, listing.priceDecimals),
    trimmedText(lots, listing.sizeDecimals),
  ]);
}
