import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { Listing } from '../world/listings.js';
import { rowsOf } from './cryptocom-text.js';

/** Levels of a side that REST shows at most. */
const MOST_LEVELS = 50;

/** Answers crypto.com's public REST interface: spot instruments alone. */
export function cryptocomRest(request: RestRequest, market: ExchangeMarket): RestReply {
  switch (request.path) {
    case '/exchange/v1/public/get-instruments':
      return reply('public/get-instruments', { data: market.books.map((book) => instrument(book.listing)) });
    case '/exchange/v1/public/get-book':
      return orderBook(request, market);
    default:
      return failure('unknown', 40101, 'Path not found', 404);
  }
}

function reply(method: string, result: object): RestReply {
  return { status: 200, body: { id: -1, method, code: 0, result } };
}

function failure(method: string, code: number, message: string, status = 400): RestReply {
  return { status, body: { id: -1, method, code, message } };
}

function instrument(listing: Listing): object {
  const { wireId, symbol, base, quote, priceDecimals, sizeDecimals } = listing;
  return {
    ...{ symbol: wireId, inst_type: 'CCY_PAIR', display_name: symbol, base_ccy: base, quote_ccy: quote },
    ...{ quote_decimals: priceDecimals, quantity_decimals: sizeDecimals },
    ...{ price_tick_size: fixedText(1, priceDecimals), qty_tick_size: fixedText(1, sizeDecimals) },
    ...{ max_leverage: '50', tradable: true, expiry_timestamp_ms: 0, beta_product: false },
    ...{ margin_buy_enabled: false, margin_sell_enabled: true },
  };
}

function orderBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const method = 'public/get-book';
  const book = market.find(request.query.get('instrument_name') ?? '');
  const depth = Number(request.query.get('depth') ?? String(MOST_LEVELS));
  if (!book) return failure(method, 40004, 'Invalid instrument_name');
  if (!Number.isInteger(depth) || depth < 1 || depth > MOST_LEVELS) return failure(method, 40003, 'Invalid depth');
  const side = (name: 'bids' | 'asks'): string[][] => rowsOf(book, topLevels(book[name], depth));
  const data = [{ bids: side('bids'), asks: side('asks'), t: Math.floor(book.timeMs) }];
  return reply(method, { instrument_name: book.listing.wireId, depth, data });
}
