import { trimmedText } from '../wire/decimal-text.js';
import type { WireLevel } from '../wire/depth-view.js';
import type { Listing } from '../world/listings.js';

/** What a snapshot gives as the time of every level. */
const NO_TIME = '1970-01-01T00:00:00Z';

/** A time as coinbase writes it, with nanoseconds. */
export function coinbaseTime(timeMs: number): string {
  const micros = Math.floor((timeMs % 1) * 1000);
  return `${new Date(timeMs).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}000Z`;
}

/** One event of the level2 channel: its levels one by one, bids first. */
export function levelEvent(
  listing: Listing,
  type: 'snapshot' | 'update',
  [bids, asks]: readonly [readonly WireLevel[], readonly WireLevel[]],
  timeMs: number,
): string {
  const eventTime = type === 'snapshot' ? NO_TIME : coinbaseTime(timeMs);
  const side = (name: 'bid' | 'offer', levels: readonly WireLevel[]): string[] =>
    levels.map(
      ({ tick, lots }) =>
        `{"side":"${name}","event_time":"${eventTime}","price_level":"${trimmedText(tick, listing.priceDecimals)}",` +
        `"new_quantity":"${trimmedText(lots, listing.sizeDecimals)}"}`,
    );
  const updates = [...side('bid', bids), ...side('offer', asks)].join(',');
  return `{"type":"${type}","product_id":"${listing.wireId}","updates":[${updates}]}`;
}
