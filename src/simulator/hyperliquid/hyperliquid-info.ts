import { BALANCES } from '../accounts/balances.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import { bookOf } from './hyperliquid-book.js';

/** What hyperliquid calls the wrapped tokens of other chains. */
const TOKEN_NAMES: Readonly<Record<string, string>> = { BTC: 'UBTC', ETH: 'UETH' };

/** Answers `POST /info` of hyperliquid: spot metadata and books, empty lists of perpetuals, and accounts by address. */
export function hyperliquidInfo(request: RestRequest, market: ExchangeMarket): RestReply {
  const body = parseObject(request.body);
  if (request.method !== 'POST' || request.path !== '/info') return { status: 404, body: null };
  switch (body?.['type']) {
    case 'spotMeta':
      return { status: 200, body: spotMeta(market) };
    case 'spotMetaAndAssetCtxs':
      return { status: 200, body: [spotMeta(market), contexts(market)] };
    case 'meta':
      return { status: 200, body: { universe: [], marginTables: [] } };
    case 'metaAndAssetCtxs':
      return { status: 200, body: [{ universe: [], marginTables: [] }, []] };
    case 'perpDexs':
      return { status: 200, body: [null] };
    case 'l2Book': {
      const book = market.find(String(body['coin']));
      return book ? { status: 200, body: bookOf(book) } : { status: 500, body: null };
    }
    default:
      return accountInfo(body, request.nowMs) ?? unreadable();
  }
}

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
/** The longest time for which an agent may be approved. */
const AGENT_MS = 180 * 86_400_000;

function unreadable(): RestReply {
  return { status: 422, body: 'Failed to deserialize the JSON body into the target type' };
}

/** What anybody may ask of an account by its address; every address has the same. */
function accountInfo(body: Readonly<Record<string, unknown>> | null, nowMs: number): RestReply | null {
  const { type, user } = body ?? {};
  if (typeof user !== 'string' || !ADDRESS.test(user)) return null;
  switch (type) {
    case 'userAbstraction':
      return { status: 200, body: 'default' };
    case 'clearinghouseState':
      return { status: 200, body: perpetuals(nowMs) };
    case 'spotClearinghouseState':
      return { status: 200, body: { balances: BALANCES.map(spotBalance) } };
    case 'extraAgents': {
      const validUntil = nowMs + AGENT_MS;
      return { status: 200, body: [{ name: 'desk', address: `0x${'a9'.repeat(20)}`, validUntil }] };
    }
    case 'userFees':
      return { status: 200, body: { userCrossRate: '0.00045', userAddRate: '0.00015', activeReferralDiscount: '0.0' } };
    default:
      return null;
  }
}

function perpetuals(nowMs: number): object {
  const none = { accountValue: '0.0', totalNtlPos: '0.0', totalRawUsd: '0.0', totalMarginUsed: '0.0' };
  const margin = { marginSummary: none, crossMarginSummary: none, crossMaintenanceMarginUsed: '0.0' };
  return { ...margin, withdrawable: '0.0', assetPositions: [], time: nowMs };
}

function spotBalance([asset, free, locked]: (typeof BALANCES)[number], token: number): object {
  const total = (Number(free) + Number(locked)).toFixed(8);
  return { coin: TOKEN_NAMES[asset] ?? asset, token, total, hold: locked, entryNtl: '0.0' };
}

// Token 0 is USDC; pairs name their tokens by position, and their contexts by index.
function spotMeta(market: ExchangeMarket): object {
  const tokens = market.books.map(({ listing }, position) => ({
    ...{ name: TOKEN_NAMES[listing.base] ?? listing.base, szDecimals: listing.sizeDecimals, weiDecimals: 10 },
    ...{ index: position + 1, tokenId: tokenId(position + 1), isCanonical: false, evmContract: null, fullName: null },
  }));
  const usdc = { name: 'USDC', szDecimals: 8, weiDecimals: 8, index: 0, tokenId: tokenId(0), isCanonical: true };
  const universe = market.books.map(({ listing }, position) => ({
    ...{ name: listing.wireId, tokens: [position + 1, 0], index: indexOf(listing.wireId), isCanonical: false },
  }));
  return { tokens: [{ ...usdc, evmContract: null, fullName: null }, ...tokens], universe };
}

function contexts(market: ExchangeMarket): object[] {
  const most = Math.max(-1, ...market.books.map(({ listing }) => indexOf(listing.wireId)));
  const rows: object[] = Array.from({ length: most + 1 }, (_, index) => ({
    ...{ coin: `@${index}`, dayNtlVlm: '0.0', markPx: '1.0', midPx: null, prevDayPx: '1.0' },
  }));
  for (const book of market.books) {
    const mid = ((book.bids.ticks[0] ?? 0) + (book.asks.ticks[0] ?? 0)) / 2 / 10 ** book.listing.priceDecimals;
    const price = String(mid);
    rows[indexOf(book.listing.wireId)] = {
      ...{ coin: book.listing.wireId, dayNtlVlm: '1000000.0', markPx: price, midPx: price, prevDayPx: price },
    };
  }
  return rows;
}

function indexOf(wireId: string): number {
  return Number(wireId.slice(1));
}

function tokenId(index: number): string {
  return `0x${index.toString(16).padStart(32, '0')}`;
}
