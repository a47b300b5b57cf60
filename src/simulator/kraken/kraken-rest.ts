import type { AccountRegistry } from '../accounts/account-registry.js';
import { fixedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { ASSETS } from '../world/assets.js';
import type { SimBook } from '../world/sim-book.js';
import { assetId, assetShort, pairAltName, pairId, pairRow } from './kraken-pairs.js';
import { krakenError, krakenOk } from './kraken-reply.js';
import { krakenSigned } from './kraken-signed.js';

/** Answers kraken's REST interface. */
export function krakenRest(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply {
  switch (request.path) {
    case '/0/public/Time':
      return krakenOk({
        unixtime: Math.floor(request.nowMs / 1000),
        rfc1123: new Date(request.nowMs).toUTCString().replace('GMT', '+0000'),
      });
    case '/0/public/SystemStatus':
      return krakenOk({ status: 'online', timestamp: new Date(request.nowMs).toISOString() });
    case '/0/public/Assets':
      return krakenOk(assets());
    case '/0/public/AssetPairs':
      return assetPairs(request, market);
    case '/0/public/Depth':
      return depth(request, market);
    default:
      return krakenSigned(request, market, accounts) ?? krakenError('EGeneral:Unknown method');
  }
}

/** Finds a pair by any of its names in REST. */
function findPair(market: ExchangeMarket, name: string): SimBook | null {
  return market.books.find(({ listing }) => name === pairId(listing) || name === pairAltName(listing)) ?? null;
}

function assets(): object {
  return Object.fromEntries(
    ASSETS.map((asset) => [
      assetId(asset.code),
      {
        ...{ aclass: 'currency', altname: assetShort(asset.code), decimals: asset.code === 'USD' ? 4 : 8 },
        ...{ display_decimals: asset.code === 'USD' ? 2 : 5, status: 'enabled' },
      },
    ]),
  );
}

function assetPairs(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('pair')?.split(',') ?? null;
  const books = wanted === null ? market.books : wanted.map((name) => findPair(market, name));
  const rows: Record<string, object> = {};
  for (const book of books) {
    if (!book) return krakenError('EQuery:Unknown asset pair');
    rows[pairId(book.listing)] = pairRow(book.listing);
  }
  return krakenOk(rows);
}

function depth(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = findPair(market, request.query.get('pair') ?? '');
  if (!book) return krakenError('EQuery:Unknown asset pair');
  const count = Number(request.query.get('count') ?? '100');
  if (!Number.isInteger(count) || count < 1 || count > 500) return krakenError('EGeneral:Invalid arguments:count');
  const { listing } = book;
  const seconds = Math.floor(book.timeMs / 1000);
  const side = (name: 'bids' | 'asks'): [string, string, number][] =>
    topLevels(book[name], count).map(({ tick, lots }) => [
      fixedText(tick, listing.priceDecimals),
      fixedText(lots, listing.sizeDecimals).replace(/(\.\d{3}\d*?)0+$/, '$1'),
      seconds,
    ]);
  return krakenOk({ [pairId(listing)]: { asks: side('asks'), bids: side('bids') } });
}
