import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';
import { levelOf } from './kucoin-text.js';

/** Answers kucoin's public REST interface: spot, and an empty list of contracts. */
export function kucoinRest(request: RestRequest, market: ExchangeMarket): RestReply {
  if (request.host === 'api-futures.kucoin.com') return futures(request);
  switch (request.path) {
    case '/api/v1/timestamp':
      return reply(Math.floor(request.nowMs));
    case '/api/v3/currencies':
      return reply(currencies(market));
    case '/api/v2/symbols':
      return reply(market.all.map((book) => symbolRow(book.listing, market.isTrading(book))));
    case '/api/v1/market/allTickers':
      return reply({ time: Math.floor(request.nowMs), ticker: market.books.map((book) => tickerRow(book.listing)) });
    case '/api/v1/market/orderbook/level2_20':
      return orderBook(request, market, 20);
    case '/api/v1/market/orderbook/level2_100':
      return orderBook(request, market, 100);
    default:
      return failure(404, '404', 'Not Found');
  }
}

/** The envelope of every answer. */
export function reply(data: unknown): RestReply {
  return { status: 200, body: { code: '200000', data } };
}

/** The envelope of a refusal. */
export function failure(status: number, code: string, msg: string): RestReply {
  return { status, body: { code, msg } };
}

function futures(request: RestRequest): RestReply {
  if (request.path === '/api/v1/timestamp') return reply(Math.floor(request.nowMs));
  if (request.path === '/api/v1/contracts/active') return reply([]);
  return failure(404, '404', 'Not Found');
}

function symbolRow(listing: Listing, isTrading: boolean): object {
  const price = fixedText(1, listing.priceDecimals);
  const size = fixedText(1, listing.sizeDecimals);
  return {
    ...{ symbol: listing.wireId, name: listing.wireId, baseCurrency: listing.base, quoteCurrency: listing.quote },
    ...{ feeCurrency: listing.quote, market: 'USDS', baseMinSize: size, quoteMinSize: '0.1' },
    ...{ baseMaxSize: '10000000000', quoteMaxSize: '99999999', baseIncrement: size, quoteIncrement: '0.000001' },
    ...{
      priceIncrement: price,
      priceLimitRate: '0.1',
      minFunds: '0.1',
      isMarginEnabled: true,
      enableTrading: isTrading,
    },
    ...{ feeCategory: 1, makerFeeCoefficient: '1.00', takerFeeCoefficient: '1.00', st: false },
  };
}

function tickerRow(listing: Listing): object {
  const { publicTakerBps, publicMakerBps } = PROFILES.kucoin;
  return {
    ...{ symbol: listing.wireId, symbolName: listing.wireId },
    ...{ takerFeeRate: String(publicTakerBps / 10_000), makerFeeRate: String(publicMakerBps / 10_000) },
    ...{ takerCoefficient: '1', makerCoefficient: '1' },
  };
}

function currencies(market: ExchangeMarket): object[] {
  const codes = new Set(market.books.flatMap(({ listing }) => [listing.base, listing.quote]));
  return market.wallet
    .filter(({ code }) => codes.has(code))
    .map(({ code, networks }) => ({
      ...{ currency: code, name: code, fullName: code, precision: 8, confirms: null, contractAddress: null },
      ...{ isMarginEnabled: true, isDebitEnabled: true },
      chains: networks.map((network) => ({
        ...{ chainName: network.code, chainId: network.code.toLowerCase(), withdrawalMinSize: network.withdrawMin },
        ...{ depositMinSize: null, withdrawFeeRate: '0', withdrawalMinFee: network.withdrawFee },
        ...{
          isWithdrawEnabled: network.withdraw,
          isDepositEnabled: network.deposit,
          confirms: 12,
          preConfirms: 12,
          withdrawPrecision: 8,
        },
        ...{ maxWithdraw: null, maxDeposit: null, needTag: false, contractAddress: network.contract ?? '' },
      })),
    }));
}

function orderBook(request: RestRequest, market: ExchangeMarket, depth: number): RestReply {
  const book = market.find(request.query.get('symbol') ?? '');
  if (!book) return failure(400, '400100', 'symbol not exists');
  const side = (name: 'bids' | 'asks'): string[][] => topLevels(book[name], depth).map((level) => levelOf(book, level));
  return reply({
    ...{ time: Math.floor(book.timeMs), sequence: String(book.sequence), bids: side('bids'), asks: side('asks') },
  });
}
