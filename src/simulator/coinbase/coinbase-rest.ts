import { trimmedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { ASSETS } from '../world/assets.js';
import { findProduct, productRow, products } from './coinbase-products.js';
import { coinbaseTime } from './coinbase-text.js';

const PRODUCT = /^\/api\/v3\/brokerage\/market\/products\/([\w-]+)$/;

/** Answers coinbase's public REST interface: spot, and empty lists of contracts. */
export function coinbaseRest(request: RestRequest, market: ExchangeMarket): RestReply {
  switch (request.path) {
    case '/v2/time':
      return ok({ data: { iso: isoTime(request.nowMs), epoch: Math.floor(request.nowMs / 1000) } });
    case '/api/v3/brokerage/time':
      return ok({
        iso: isoTime(request.nowMs),
        epochSeconds: String(Math.floor(request.nowMs / 1000)),
        epochMillis: String(Math.floor(request.nowMs)),
      });
    case '/v2/currencies':
      return ok({ data: [{ id: 'USD', name: 'United States Dollar', min_size: '0.01' }] });
    case '/v2/currencies/crypto':
      return ok({ data: cryptoCurrencies() });
    case '/v2/exchange-rates':
      return ok({ data: { currency: 'USD', rates: exchangeRates() } });
    case '/api/v3/brokerage/market/products': {
      const isSpot = ['', 'SPOT'].includes(request.query.get('product_type') ?? '');
      const rows = isSpot ? products(market) : [];
      return ok({ products: rows, num_products: rows.length });
    }
    case '/api/v3/brokerage/market/product_book':
      return productBook(request, market);
    default:
      return oneProduct(request, market);
  }
}

function ok(body: object): RestReply {
  return { status: 200, body };
}

function notFound(message: string): RestReply {
  return { status: 404, body: { error: 'NOT_FOUND', error_details: message, message } };
}

function isoTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

function cryptoCurrencies(): readonly object[] {
  return ASSETS.filter(({ networks }) => networks.length > 0).map(({ code }, index) => ({
    ...{ asset_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, code, name: code },
    ...{
      color: '#0433FF',
      sort_index: 100 + index,
      exponent: 8,
      type: 'crypto',
      address_regex: '^[0-9a-zA-Z]{20,64}$',
    },
  }));
}

function exchangeRates(): Readonly<Record<string, string>> {
  return Object.fromEntries(ASSETS.map(({ code, startUsd }) => [code, String(1 / startUsd)]));
}

function oneProduct(request: RestRequest, market: ExchangeMarket): RestReply {
  const row = productRow(market, PRODUCT.exec(request.path)?.[1] ?? '');
  return row ? ok(row) : notFound('valid product_id is required');
}

function productBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = findProduct(market, request.query.get('product_id') ?? '');
  if (!book) return notFound('valid product_id is required');
  const { listing } = book;
  const limit = Number(request.query.get('limit') ?? '0') || Infinity;
  const side = (name: 'bids' | 'asks'): object[] =>
    topLevels(book[name], limit).map(({ tick, lots }) => ({
      price: trimmedText(tick, listing.priceDecimals),
      size: trimmedText(lots, listing.sizeDecimals),
    }));
  const pricebook = { product_id: listing.wireId, bids: side('bids'), asks: side('asks') };
  return ok({ pricebook: { ...pricebook, time: coinbaseTime(book.timeMs) } });
}
