import { fixedText } from '../wire/decimal-text.js';
import type { Listing } from '../world/listings.js';

/** The exchangeInfo row of a spot pair; one that is off the market stays listed, as a break. */
export function symbolRow(listing: Listing, isTrading: boolean): object {
  const tick = `${fixedText(1, listing.priceDecimals)}${'0'.repeat(8 - listing.priceDecimals)}`;
  const lot = listing.sizeDecimals === 0 ? '1.00000000' : fixedText(1, listing.sizeDecimals).padEnd(10, '0');
  return {
    symbol: listing.wireId,
    status: isTrading ? 'TRADING' : 'BREAK',
    ...{ baseAsset: listing.base, baseAssetPrecision: 8 },
    ...{ quoteAsset: listing.quote, quotePrecision: 8, quoteAssetPrecision: 8 },
    ...{ baseCommissionPrecision: 8, quoteCommissionPrecision: 8 },
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'],
    ...{ icebergAllowed: true, ocoAllowed: true, otoAllowed: true, quoteOrderQtyMarketAllowed: true },
    ...{
      allowTrailingStop: true,
      cancelReplaceAllowed: true,
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: true,
    },
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000.00000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty: lot, maxQty: '9000000.00000000', stepSize: lot },
      { filterType: 'ICEBERG_PARTS', limit: 10 },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '120000.00000000', stepSize: '0.00000000' },
      {
        filterType: 'NOTIONAL',
        ...{ minNotional: '5.00000000', applyMinToMarket: true },
        ...{ maxNotional: '9000000.00000000', applyMaxToMarket: false, avgPriceMins: 5 },
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
      { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
    ],
    permissions: [],
    permissionSets: [['SPOT', 'MARGIN']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  };
}

/** The frame around the rows of exchangeInfo. */
export function exchangeInfo(rows: readonly object[], nowMs: number): object {
  return {
    timezone: 'UTC',
    serverTime: Math.floor(nowMs),
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61000 },
    ],
    exchangeFilters: [],
    symbols: rows,
  };
}
