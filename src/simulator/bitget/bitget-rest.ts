import { trimmedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { Listing } from '../world/listings.js';
import type { WalletAsset } from '../world/wallets.js';

const CHAINS: Readonly<Record<string, string>> = { ETH: 'ERC20', TRX: 'TRC20' };

/** Answers bitget's public REST interface: spot, and empty lists of contracts. */
export function bitgetRest(request: RestRequest, market: ExchangeMarket): RestReply {
  const ok = (data: unknown): RestReply => bitgetReply(request, 200, '00000', 'success', data);
  switch (request.path) {
    case '/api/v2/public/time':
      return ok({ serverTime: String(Math.floor(request.nowMs)) });
    case '/api/v2/spot/public/coins':
      return ok(market.coins.map(coin));
    case '/api/v2/spot/public/symbols':
      return symbols(request, market);
    case '/api/v2/spot/market/orderbook':
      return orderBook(request, market);
    case '/api/v2/margin/currencies':
    case '/api/v2/mix/market/contracts':
      return ok([]);
    default:
      return bitgetReply(request, 404, '40404', 'Request URL NOT FOUND', null);
  }
}

/** An answer of bitget, good or bad. */
export function bitgetReply(request: RestRequest, status: number, code: string, msg: string, data: unknown): RestReply {
  return { status, body: { code, msg, requestTime: Math.floor(request.nowMs), data } };
}

function symbols(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('symbol');
  const books = market.all.filter(({ listing }) => wanted === null || listing.wireId === wanted);
  if (books.length === 0) return bitgetReply(request, 400, '40034', `Parameter ${wanted ?? ''} does not exist`, null);
  return bitgetReply(
    ...[request, 200, '00000', 'success'],
    books.map((book) => symbolRow(book.listing, market.isTrading(book))),
  );
}

function symbolRow(listing: Listing, isTrading: boolean): object {
  const { publicTakerBps, publicMakerBps } = PROFILES.bitget;
  return {
    ...{ symbol: listing.wireId, baseCoin: listing.base, quoteCoin: listing.quote },
    ...{ minTradeAmount: '0', maxTradeAmount: '10000000000' },
    ...{ takerFeeRate: String(publicTakerBps / 10_000), makerFeeRate: String(publicMakerBps / 10_000) },
    ...{ pricePrecision: String(listing.priceDecimals), quantityPrecision: String(listing.sizeDecimals) },
    ...{
      quotePrecision: String(listing.priceDecimals + listing.sizeDecimals),
      status: isTrading ? 'online' : 'offline',
      minTradeUSDT: '1',
    },
    ...{ buyLimitPriceRatio: '0.05', sellLimitPriceRatio: '0.05', areaSymbol: 'no', orderQuantity: '200' },
  };
}

function coin({ code, networks }: WalletAsset, index: number): object {
  const chains = networks.map((network) => ({
    ...{ chain: CHAINS[network.code] ?? network.code, needTag: 'false' },
    ...{ withdrawable: String(network.withdraw), rechargeable: String(network.deposit) },
    ...{ withdrawFee: network.withdrawFee, extraWithdrawFee: '0', depositConfirm: '12', withdrawConfirm: '64' },
    ...{ minDepositAmount: '0.0001', minWithdrawAmount: network.withdrawMin, browserUrl: '' },
    contractAddress: network.contract ?? '',
    ...{ withdrawStep: '0', withdrawMinScale: '8', congestion: 'normal' },
  }));
  return { coinId: String(index + 1), coin: code, transfer: 'true', chains, areaCoin: 'no' };
}

function orderBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('symbol') ?? '';
  const book = market.find(wanted);
  if (!book) return bitgetReply(request, 400, '40034', `Parameter ${wanted} does not exist`, null);
  const limit = Number(request.query.get('limit') ?? '150');
  if (!Number.isInteger(limit) || limit < 1 || limit > 150) {
    return bitgetReply(request, 400, '40020', 'Parameter limit error', null);
  }
  const { listing } = book;
  const side = (name: 'bids' | 'asks'): [string, string][] =>
    topLevels(book[name], limit).map(({ tick, lots }) => [
      trimmedText(tick, listing.priceDecimals),
      trimmedText(lots, listing.sizeDecimals),
    ]);
  const data = { asks: side('asks'), bids: side('bids'), ts: String(Math.floor(book.timeMs)) };
  return bitgetReply(request, 200, '00000', 'success', data);
}
