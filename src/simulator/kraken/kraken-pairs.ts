import { fixedText } from '../wire/decimal-text.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';

/** kraken's older names of assets: the id in REST and the short name in pairs. */
const NAMES: Readonly<Record<string, { readonly id: string; readonly short: string }>> = {
  BTC: { id: 'XXBT', short: 'XBT' },
  ETH: { id: 'XETH', short: 'ETH' },
  XRP: { id: 'XXRP', short: 'XRP' },
  LTC: { id: 'XLTC', short: 'LTC' },
  DOGE: { id: 'XXDG', short: 'XDG' },
  USD: { id: 'ZUSD', short: 'USD' },
};

/** Ids of pairs that are not the short names put together. */
const PAIR_IDS: Readonly<Record<string, string>> = {
  'BTC/USD': 'XXBTZUSD',
  'ETH/USD': 'XETHZUSD',
  'USDT/USD': 'USDTZUSD',
};

/** The id of an asset in REST: `XXBT` for BTC. */
export function assetId(code: string): string {
  return NAMES[code]?.id ?? code;
}

/** The short name of an asset in REST: `XBT` for BTC. */
export function assetShort(code: string): string {
  return NAMES[code]?.short ?? code;
}

/** The short name of a pair in REST: `XBTUSDT`. */
export function pairAltName(listing: Listing): string {
  return `${assetShort(listing.base)}${assetShort(listing.quote)}`;
}

/** The id of a pair in REST: `XXBTZUSD`. */
export function pairId(listing: Listing): string {
  return PAIR_IDS[listing.symbol] ?? pairAltName(listing);
}

/** The AssetPairs row of a pair. */
export function pairRow(listing: Listing): object {
  const { publicTakerBps, publicMakerBps } = PROFILES.kraken;
  const tiers = (first: number): [number, number][] => [
    [0, first / 100],
    [10_000, (first - 5) / 100],
    [50_000, Math.max(8, first - 16) / 100],
    [1_000_000, Math.max(4, first - 26) / 100],
  ];
  return {
    ...{ altname: pairAltName(listing), wsname: `${assetShort(listing.base)}/${assetShort(listing.quote)}` },
    ...{ aclass_base: 'currency', base: assetId(listing.base) },
    ...{ aclass_quote: 'currency', quote: assetId(listing.quote), lot: 'unit' },
    ...{ cost_decimals: 8, pair_decimals: listing.priceDecimals, lot_decimals: listing.sizeDecimals },
    ...{ lot_multiplier: 1, leverage_buy: [2, 3], leverage_sell: [2, 3] },
    ...{ fees: tiers(publicTakerBps), fees_maker: tiers(publicMakerBps), fee_volume_currency: 'ZUSD' },
    ...{ margin_call: 80, margin_stop: 40, ordermin: '0.0001', costmin: '0.5' },
    ...{ tick_size: fixedText(1, listing.priceDecimals), status: 'online' },
    ...{ long_position_limit: 47, short_position_limit: 28 },
  };
}
