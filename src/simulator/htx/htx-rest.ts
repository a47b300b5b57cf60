import { fixedText, trimmedText } from '../wire/decimal-text.js';
import { topLevels, type WireLevel } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import type { Listing } from '../world/listings.js';
import type { WalletAsset } from '../world/wallets.js';

const CHAINS: Readonly<Record<string, string>> = { ETH: 'ERC20', TRX: 'TRC20' };
const CONTRACTS = [
  ...['/linear-swap-api/v1/swap_contract_info', '/swap-api/v1/swap_contract_info'],
  '/api/v1/contract_contract_info',
];
/** Levels of a side that the whole book shows. */
const WHOLE_LEVELS = 150;

/** Answers htx's public REST interface: spot, and empty lists of contracts. */
export function htxRest(request: RestRequest, market: ExchangeMarket): RestReply {
  const ok = (data: unknown): RestReply => reply(request, { status: 'ok', data });
  if (request.host === 'api.hbdm.vn') {
    return CONTRACTS.includes(request.path)
      ? ok([])
      : { status: 404, body: { status: 'error', 'err-msg': 'not found' } };
  }
  switch (request.path) {
    case '/v1/common/timestamp':
      return ok(Math.floor(request.nowMs));
    case '/v1/common/symbols':
      return ok(market.all.map((book) => symbolRow(book.listing, market.isTrading(book))));
    case '/v2/reference/currencies':
      return reply(request, { code: 200, data: market.coins.map(currency) });
    case '/market/depth':
      return depth(request, market);
    default:
      return { status: 404, body: { status: 'error', 'err-code': 'not-found', 'err-msg': 'not found' } };
  }
}

/** Writes levels as htx does: rows of numbers. */
export function htxRows({ priceDecimals, sizeDecimals }: Listing, levels: readonly WireLevel[]): string {
  const rows = levels.map(
    ({ tick, lots }) => `[${trimmedText(tick, priceDecimals)},${trimmedText(lots, sizeDecimals)}]`,
  );
  return `[${rows.join(',')}]`;
}

function reply(request: RestRequest, body: object): RestReply {
  return { status: 200, body: { ts: Math.floor(request.nowMs), ...body } };
}

function symbolRow(listing: Listing, isTrading: boolean): object {
  const least = fixedText(1, listing.sizeDecimals);
  return {
    ...{ 'base-currency': listing.base.toLowerCase(), 'quote-currency': listing.quote.toLowerCase() },
    ...{ 'price-precision': listing.priceDecimals, 'amount-precision': listing.sizeDecimals, 'value-precision': 8 },
    ...{
      'symbol-partition': 'main',
      symbol: listing.wireId,
      state: isTrading ? 'online' : 'offline',
      'api-trading': 'enabled',
      tags: '',
    },
    ...{ 'min-order-amt': Number(least), 'max-order-amt': 10_000, 'min-order-value': 1, 'leverage-ratio': 5 },
    ...{ 'limit-order-min-order-amt': Number(least), 'limit-order-max-order-amt': 10_000 },
    ...{ 'sell-market-min-order-amt': Number(least), 'sell-market-max-order-amt': 1_000 },
    ...{
      'buy-market-max-order-value': 1_500_000,
      'buy-limit-must-less-than': 1.1,
      'sell-limit-must-greater-than': 0.9,
    },
  };
}

function currency({ code, networks }: WalletAsset): object {
  const chains = networks.map((network) => ({
    ...{ chain: `${CHAINS[network.code]?.toLowerCase() ?? ''}${code.toLowerCase()}`, displayName: network.code },
    ...{ baseChain: network.code, baseChainProtocol: CHAINS[network.code] ?? network.code, isDynamic: false },
    ...{
      numOfConfirmations: 12,
      numOfFastConfirmations: 12,
      depositStatus: stateOf(network.deposit),
      minDepositAmt: '0.0001',
    },
    ...{ withdrawStatus: stateOf(network.withdraw), minWithdrawAmt: network.withdrawMin, withdrawPrecision: 8 },
    ...{ maxWithdrawAmt: '1000000', withdrawFeeType: 'fixed', transactFeeWithdraw: network.withdrawFee },
    ...{ addrWithTag: false, addrDepositTag: false },
    ...(network.contract === null ? {} : { contractAddress: network.contract }),
  }));
  return { currency: code.toLowerCase(), assetType: 1, chains, instStatus: 'normal' };
}

function stateOf(isOpen: boolean): string {
  return isOpen ? 'allowed' : 'prohibited';
}

function depth(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = market.find(request.query.get('symbol') ?? '');
  if (!book || request.query.get('type') !== 'step0') {
    return reply(request, {
      status: 'error',
      'err-code': 'invalid-parameter',
      'err-msg': 'invalid symbol',
      data: null,
    });
  }
  const { listing, bids, asks, sequence, timeMs } = book;
  const levels = Number(request.query.get('depth') ?? WHOLE_LEVELS);
  const side = (from: typeof bids): unknown => JSON.parse(htxRows(listing, topLevels(from, levels)));
  const ts = Math.floor(timeMs);
  const tick = { bids: side(bids), asks: side(asks), version: sequence, ts };
  return reply(request, { ch: `market.${listing.wireId}.depth.step0`, status: 'ok', tick });
}
