import type { AccountRegistry } from '../accounts/account-registry.js';
import { fixedText, trimmedText } from '../wire/decimal-text.js';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { Listing } from '../world/listings.js';
import { okxError, okxOk } from './okx-reply.js';
import { okxSigned } from './okx-signed.js';

const INSTRUMENT_TYPES = ['SPOT', 'MARGIN', 'SWAP', 'FUTURES', 'OPTION'];

/** Answers okx's REST interface: spot, and empty lists of contracts. */
export function okxRest(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply {
  switch (request.path) {
    case '/api/v5/public/time':
      return okxOk([{ ts: String(Math.floor(request.nowMs)) }]);
    case '/api/v5/public/instruments':
      return instruments(request, market);
    case '/api/v5/system/status':
      return okxOk([]);
    case '/api/v5/market/books':
      return orderBook(request, market);
    default:
      return okxSigned(request, market, accounts) ?? okxError(404, '404', 'Not Found');
  }
}

function instruments(request: RestRequest, market: ExchangeMarket): RestReply {
  const type = request.query.get('instType') ?? '';
  if (!INSTRUMENT_TYPES.includes(type)) return okxError(400, '51000', 'Parameter instType error');
  const wanted = request.query.get('instId');
  if (wanted !== null && !market.find(wanted)) {
    return okxError(200, '51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
  }
  const books = market.books.filter((book) => type === 'SPOT' && (wanted === null || book.listing.wireId === wanted));
  return okxOk(books.map((book) => instrument(book.listing)));
}

function instrument(listing: Listing): object {
  return {
    ...{ alias: '', auctionEndTime: '', baseCcy: listing.base, category: '1', contTdSwTime: '' },
    ...{ ctMult: '', ctType: '', ctVal: '', ctValCcy: '', expTime: '', futureSettlement: false, instFamily: '' },
    ...{ instId: listing.wireId, instType: 'SPOT', lever: '10', listTime: '1548133413000' },
    lotSz: fixedText(1, listing.sizeDecimals),
    ...{ maxIcebergSz: '9999999999', maxLmtAmt: '20000000', maxLmtSz: '9999999999', maxMktAmt: '1000000' },
    ...{ maxMktSz: '1000000', maxStopSz: '1000000', maxTriggerSz: '9999999999', maxTwapSz: '9999999999' },
    minSz: fixedText(1, Math.max(0, listing.sizeDecimals - 2)),
    ...{ openType: '', optType: '', quoteCcy: listing.quote, ruleType: 'normal', settleCcy: '', state: 'live' },
    ...{ stk: '', tickSz: fixedText(1, listing.priceDecimals), tradeQuoteCcyList: [listing.quote], uly: '' },
  };
}

function orderBook(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = market.find(request.query.get('instId') ?? '');
  if (!book) return okxError(200, '51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
  const depth = Number(request.query.get('sz') ?? '1');
  if (!Number.isInteger(depth) || depth < 1 || depth > 400) return okxError(400, '51000', 'Parameter sz error');
  const { listing } = book;
  const side = (name: 'bids' | 'asks'): string[][] =>
    topLevels(book[name], depth).map(({ tick, lots }) => [
      ...[trimmedText(tick, listing.priceDecimals), trimmedText(lots, listing.sizeDecimals)],
      ...['0', String(1 + ((tick + lots) % 9))],
    ]);
  return okxOk([{ asks: side('asks'), bids: side('bids'), ts: String(Math.floor(book.timeMs)), seqId: book.sequence }]);
}
