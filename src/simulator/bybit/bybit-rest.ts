import type { AccountRegistry } from '../accounts/account-registry.js';
import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { Listing } from '../world/listings.js';
import { bybitReply } from './bybit-reply.js';
import { bybitSigned } from './bybit-signed.js';
import { crossSequence } from './bybit-text.js';

const CATEGORIES = ['spot', 'linear', 'inverse', 'option'];

/** Answers bybit's REST interface: spot, and empty lists of contracts. */
export function bybitRest(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply {
  switch (request.path) {
    case '/v5/market/time': {
      const nano = BigInt(Math.floor(request.nowMs * 1000)) * 1000n;
      const timeSecond = String(Math.floor(request.nowMs / 1000));
      return bybitReply(request, 0, 'OK', { timeSecond, timeNano: String(nano) });
    }
    case '/v5/market/instruments-info':
      return instruments(request, market);
    case '/v5/market/orderbook':
      return orderBook(request, market);
    default:
      return bybitSigned(request, market, accounts) ?? { status: 404, body: { error: 'not found' } };
  }
}

function instruments(request: RestRequest, market: ExchangeMarket): RestReply {
  const category = request.query.get('category') ?? '';
  if (!CATEGORIES.includes(category)) return bybitReply(request, 10001, 'params error: Category is invalid');
  const wanted = request.query.get('symbol');
  const rows = market.books
    .filter((book) => category === 'spot' && (wanted === null || book.listing.wireId === wanted))
    .map((book) => instrument(book.listing));
  return bybitReply(request, 0, 'OK', { category, list: rows, nextPageCursor: '' });
}

function instrument(listing: Listing): object {
  return {
    ...{ symbol: listing.wireId, baseCoin: listing.base, quoteCoin: listing.quote },
    ...{ innovation: '0', status: 'Trading', marginTrading: 'utaOnly', stTag: '0' },
    lotSizeFilter: {
      basePrecision: fixedText(1, listing.sizeDecimals),
      quotePrecision: fixedText(1, Math.min(8, listing.sizeDecimals + listing.priceDecimals)),
      ...{ minOrderQty: fixedText(1, listing.sizeDecimals), maxOrderQty: '9000000' },
      ...{ minOrderAmt: '5', maxOrderAmt: '8000000' },
    },
    priceFilter: { tickSize: fixedText(1, listing.priceDecimals) },
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
  };
}

function orderBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = market.find(request.query.get('symbol') ?? '');
  if (request.query.get('category') !== 'spot' || !book) return bybitReply(request, 10001, 'Not supported symbols');
  const limit = Number(request.query.get('limit') ?? '1');
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) return bybitReply(request, 10001, 'params error: limit');
  const { listing } = book;
  const side = (name: 'bids' | 'asks'): [string, string][] =>
    topLevels(book[name], limit).map(({ tick, lots }) => [
      fixedText(tick, listing.priceDecimals),
      fixedText(lots, listing.sizeDecimals),
    ]);
  return bybitReply(request, 0, 'OK', {
    ...{ s: listing.wireId, b: side('bids'), a: side('asks'), ts: Math.floor(request.nowMs) },
    ...{ u: book.sequence, seq: crossSequence(book.sequence), cts: Math.floor(book.timeMs) },
  });
}
