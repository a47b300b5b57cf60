import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';
import type { WalletAsset } from '../world/wallets.js';
import { levelRows } from './gate-text.js';

/** Lists that exist and are empty: only spot is played. */
const EMPTY = [
  ...['/api/v4/margin/currency_pairs', '/api/v4/options/underlyings', '/api/v4/options/contracts'],
  ...['/api/v4/futures/usdt/contracts', '/api/v4/futures/btc/contracts', '/api/v4/delivery/usdt/contracts'],
];
const PAIR = /^\/api\/v4\/spot\/currency_pairs\/(\w+)$/;

/** Answers gate's public REST interface: spot, and empty lists of contracts. */
export function gateRest(request: RestRequest, market: ExchangeMarket): RestReply {
  switch (request.path) {
    case '/api/v4/spot/time':
      return { status: 200, body: { server_time: Math.floor(request.nowMs) } };
    case '/api/v4/spot/currencies':
      return { status: 200, body: market.coins.map(currency) };
    case '/api/v4/spot/currency_pairs':
      return { status: 200, body: market.all.map((book) => pairRow(book.listing, market.isTrading(book))) };
    case '/api/v4/spot/order_book':
      return orderBook(request, market);
    default:
      return EMPTY.includes(request.path) ? { status: 200, body: [] } : onePair(request, market);
  }
}

function error(label: string, message: string): RestReply {
  return { status: 400, body: { label, message } };
}

function currency({ code, networks }: WalletAsset): object {
  const chains = networks.map((network) => ({
    ...{ name: network.code, addr: network.contract ?? '', withdraw_disabled: !network.withdraw },
    ...{ withdraw_delayed: false, deposit_disabled: !network.deposit },
  }));
  return {
    ...{ currency: code, name: code, delisted: false, withdraw_delayed: false },
    withdraw_disabled: !networks.some(({ withdraw }) => withdraw),
    deposit_disabled: !networks.some(({ deposit }) => deposit),
    ...{ trade_disabled: false, fixed_rate: '', chain: networks[0]?.code ?? '', chains },
  };
}

function pairRow(listing: Listing, isTrading = true): object {
  return {
    ...{ id: listing.wireId, base: listing.base, base_name: listing.base, quote: listing.quote },
    ...{ quote_name: listing.quote, fee: String(PROFILES.gate.publicTakerBps / 100), min_quote_amount: '3' },
    ...{ min_base_amount: fixedText(1, listing.sizeDecimals), max_quote_amount: '5000000' },
    ...{
      amount_precision: listing.sizeDecimals,
      precision: listing.priceDecimals,
      trade_status: isTrading ? 'tradable' : 'untradable',
    },
    ...{ sell_start: 0, buy_start: 0, delisting_time: 0, type: 'normal', st_tag: false, slippage: '0.03' },
    ...{ trade_url: `https://www.gate.com/trade/${listing.wireId}`, up_rate: '0.08', down_rate: '0.08' },
  };
}

function onePair(request: RestRequest, market: ExchangeMarket): RestReply {
  const id = PAIR.exec(request.path)?.[1];
  if (id === undefined) return { status: 404, body: { label: 'NOT_FOUND', message: 'not found' } };
  const book = market.find(id);
  return book ? { status: 200, body: pairRow(book.listing) } : error('INVALID_CURRENCY_PAIR', `Invalid pair ${id}`);
}

function orderBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const id = request.query.get('currency_pair') ?? '';
  const book = market.find(id);
  if (!book) return error('INVALID_CURRENCY_PAIR', `Invalid currency pair ${id}`);
  const limit = Number(request.query.get('limit') ?? '10');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    return error('INVALID_PARAM_VALUE', 'Invalid request parameter `limit` value');
  }
  const [bids, asks] = [book.bids, book.asks].map((side) => levelRows(book.listing, topLevels(side, limit)));
  const withId = request.query.get('with_id') === 'true' ? { id: book.sequence } : {};
  return {
    status: 200,
    body: { ...withId, current: Math.floor(request.nowMs), update: Math.floor(book.timeMs), asks, bids },
  };
}
