import type { AccountRegistry } from '../accounts/account-registry.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { SimBook } from '../world/sim-book.js';
import { binanceError } from './binance-errors.js';
import { exchangeInfo, symbolRow } from './binance-markets.js';
import { binanceSigned } from './binance-signed.js';
import { priceText, sizeText } from './binance-text.js';

const FIXED: Readonly<Record<string, object>> = {
  '/api/v3/ping': {},
  '/sapi/v1/system/status': { status: 0, msg: 'normal' },
};

/** Answers binance's REST interface: spot, and empty metadata of futures and options. */
export function binanceRest(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply {
  const fixed = FIXED[request.path];
  if (fixed) return { status: 200, body: fixed };
  switch (request.path) {
    case '/api/v3/time':
    case '/fapi/v1/time':
    case '/dapi/v1/time':
      return { status: 200, body: { serverTime: Math.floor(request.nowMs) } };
    case '/api/v3/exchangeInfo':
      return spotInfo(request, market);
    case '/fapi/v1/exchangeInfo':
    case '/dapi/v1/exchangeInfo':
      return { status: 200, body: { ...exchangeInfo([], request.nowMs), assets: [] } };
    case '/eapi/v1/exchangeInfo':
      return { status: 200, body: { ...exchangeInfo([], request.nowMs), optionContracts: [], optionSymbols: [] } };
    case '/api/v3/depth':
      return withBook(request, market, (book) => depth(request, book));
    case '/api/v3/ticker/bookTicker':
      return withBook(request, market, (book) => ({ status: 200, body: bookTicker(book) }));
    default:
      return (
        binanceSigned(request, market, accounts) ??
        binanceError(404, -5000, `Path ${request.path}, Method ${request.method} is invalid`)
      );
  }
}

function spotInfo(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('symbol');
  const books = market.all.filter((book) => wanted === null || book.listing.wireId === wanted);
  if (books.length === 0) return binanceError(400, -1121, 'Invalid symbol.');
  return {
    status: 200,
    body: exchangeInfo(
      books.map((book) => symbolRow(book.listing, market.isTrading(book))),
      request.nowMs,
    ),
  };
}

function withBook(request: RestRequest, market: ExchangeMarket, answer: (book: SimBook) => RestReply): RestReply {
  const symbol = request.query.get('symbol');
  if (symbol === null) {
    return binanceError(400, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  }
  const book = market.find(symbol);
  return book ? answer(book) : binanceError(400, -1121, 'Invalid symbol.');
}

function depth(request: RestRequest, book: SimBook): RestReply {
  const limit = Number(request.query.get('limit') ?? '100');
  if (!Number.isInteger(limit) || limit < 1) {
    return binanceError(400, -1100, "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.");
  }
  const side = (name: 'bids' | 'asks'): [string, string][] =>
    topLevels(book[name], Math.min(limit, 5000)).map(({ tick, lots }) => [
      priceText(book.listing, tick),
      sizeText(book.listing, lots),
    ]);
  return { status: 200, body: { lastUpdateId: book.sequence, bids: side('bids'), asks: side('asks') } };
}

/** The best bid and ask as REST tells them. */
function bookTicker(book: SimBook): object {
  const { listing, bids, asks } = book;
  return {
    symbol: listing.wireId,
    ...{ bidPrice: priceText(listing, bids.ticks[0] ?? 0), bidQty: sizeText(listing, bids.lots[0] ?? 0) },
    ...{ askPrice: priceText(listing, asks.ticks[0] ?? 0), askQty: sizeText(listing, asks.lots[0] ?? 0) },
  };
}
