import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { SimBook } from '../world/sim-book.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';
import { levelOf } from './mexc-text.js';

const DEFAULT_DEPTH = 100;
const MOST_DEPTH = 5_000;

/** Answers mexc's public REST interface: spot, and an empty list of contracts. */
export function mexcRest(request: RestRequest, market: ExchangeMarket): RestReply {
  switch (request.path) {
    case '/api/v3/ping':
      return { status: 200, body: {} };
    case '/api/v3/time':
      return { status: 200, body: { serverTime: Math.floor(request.nowMs) } };
    case '/api/v3/exchangeInfo':
      return exchangeInfo(request, market);
    case '/api/v3/depth':
      return depth(request, market);
    case '/api/v1/contract/ping':
      return { status: 200, body: { success: true, code: 0, data: Math.floor(request.nowMs) } };
    case '/api/v1/contract/detail':
      return { status: 200, body: { success: true, code: 0, data: [] } };
    default:
      return { status: 404, body: { code: 404, msg: 'Not Found' } };
  }
}

function exchangeInfo(request: RestRequest, market: ExchangeMarket): RestReply {
  const body = {
    ...{ timezone: 'CST', serverTime: Math.floor(request.nowMs), rateLimits: [], exchangeFilters: [] },
    symbols: market.books.map((book) => symbolRow(book.listing)),
  };
  return { status: 200, body };
}

function symbolRow({ wireId, base, quote, priceDecimals, sizeDecimals }: Listing): object {
  const { publicTakerBps, publicMakerBps } = PROFILES.mexc;
  return {
    ...{ symbol: wireId, status: '1', fullName: base, tradeSideType: 1, permissions: ['SPOT'], filters: [] },
    ...{ baseAsset: base, baseAssetPrecision: sizeDecimals, baseCommissionPrecision: sizeDecimals },
    ...{ quoteAsset: quote, quotePrecision: priceDecimals, quoteAssetPrecision: priceDecimals },
    ...{ quoteCommissionPrecision: priceDecimals, baseSizePrecision: fixedText(1, sizeDecimals) },
    ...{ orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'], isSpotTradingAllowed: true, isMarginTradingAllowed: false },
    ...{ quoteAmountPrecision: '1', quoteAmountPrecisionMarket: '1' },
    ...{ maxQuoteAmount: '2000000', maxQuoteAmountMarket: '100000' },
    ...{ makerCommission: String(publicMakerBps / 10_000), takerCommission: String(publicTakerBps / 10_000) },
  };
}

function depth(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = market.find(request.query.get('symbol') ?? '');
  if (!book) return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
  const limit = Number(request.query.get('limit') ?? DEFAULT_DEPTH);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_DEPTH) {
    return { status: 400, body: { code: 700_002, msg: `limit must be from 1 to ${MOST_DEPTH}` } };
  }
  return { status: 200, body: snapshot(book, limit) };
}

function snapshot(book: SimBook, limit: number): object {
  const side = (name: 'bids' | 'asks'): string[][] => topLevels(book[name], limit).map((level) => levelOf(book, level));
  const timestamp = Math.floor(book.timeMs);
  return { lastUpdateId: book.sequence, bids: side('bids'), asks: side('asks'), timestamp };
}
