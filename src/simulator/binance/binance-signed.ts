import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { WalletAsset } from '../world/wallets.js';
import { binanceError } from './binance-errors.js';

type Answer = (request: RestRequest, key: ApiKey, market: ExchangeMarket, uses: readonly AccountUse[]) => RestReply;

const RATES = PROFILES.binance;
const KEY_FORMAT = /^[A-Za-z0-9]{64}$/;
const REFUSED = binanceError(401, -2015, 'Invalid API-key, IP, or permissions for action.');

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/api/v3/account': (request, key) => readable(key, () => account(request, key)),
  '/api/v3/account/commission': (request, key, market) => readable(key, () => commission(request, market)),
  '/sapi/v1/asset/tradeFee': (request, key, market) => readable(key, () => tradeFee(request, market)),
  '/sapi/v1/account/apiRestrictions': (_request, key) => ok(restrictions(key)),
  '/sapi/v1/capital/withdraw/history': (_request, key, _market, uses) => readable(key, () => ok(withdrawals(uses))),
  '/api/v3/openOrders': (_request, key, _market, uses) => readable(key, () => ok(openOrders(uses))),
  '/sapi/v1/account/status': () => ok({ data: 'Normal' }),
  '/sapi/v1/capital/config/getall': (_request, key, market) => readable(key, () => ok(market.wallet.map(coin))),
  '/sapi/v1/margin/allPairs': () => ok([]),
  '/sapi/v1/margin/allAssets': () => ok([]),
  '/sapi/v1/margin/isolated/allPairs': () => ok([]),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function binanceSigned(
  request: RestRequest,
  market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  return 'status' in key ? key : answer(request, key, market, accounts.usesOf(key));
}

// The order of the checks decides which error a request with two faults gets: key first, then time, then signature.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const given = request.headers['x-mbx-apikey'];
  if (typeof given !== 'string' || !KEY_FORMAT.test(given)) {
    return binanceError(401, -2014, 'API-key format invalid.');
  }
  const key = accounts.find('binance', given);
  if (!key || isExpired(key, request.nowMs) || !isAddressAllowed(key, request.remoteAddress)) return REFUSED;
  const signed = ['GET', 'DELETE'].includes(request.method) ? request.rawQuery : request.body;
  const parameters = new URLSearchParams(signed);
  const timing = checkTime(parameters, request.nowMs);
  if (timing) return timing;
  const [payload = '', signature = ''] = signed.split('&signature=');
  const expected = createHmac('sha256', key.secret).update(payload).digest('hex');
  if (!isSameSignature(signature, expected)) {
    return binanceError(400, -1022, 'Signature for this request is not valid.');
  }
  accounts.touch(key, request.nowMs);
  return key;
}

function checkTime(parameters: URLSearchParams, nowMs: number): RestReply | null {
  const timestamp = Number(parameters.get('timestamp') ?? NaN);
  const window = Number(parameters.get('recvWindow') ?? 5000);
  if (!Number.isFinite(timestamp)) {
    return binanceError(400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
  }
  if (!(window > 0 && window <= 60_000)) {
    return binanceError(400, -1131, 'recvWindow must be less than 60000.');
  }
  if (timestamp >= nowMs + 1000) {
    return binanceError(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (nowMs - timestamp > window) {
    return binanceError(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
  }
  return null;
}

function readable(key: ApiKey, answer: () => RestReply): RestReply {
  return key.scopes.read ? answer() : REFUSED;
}

function ok(body: unknown): RestReply {
  return { status: 200, body };
}

function rate(bps: number): string {
  return (bps / 10_000).toFixed(8);
}

function tradeFee(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('symbol');
  if (wanted !== null && !market.find(wanted)) return binanceError(400, -1121, 'Invalid symbol.');
  const rows = market.books.filter((book) => wanted === null || book.listing.wireId === wanted);
  return ok(
    rows.map(({ listing }) => ({
      symbol: listing.wireId,
      makerCommission: String(RATES.accountMakerBps / 10_000),
      takerCommission: String(RATES.accountTakerBps / 10_000),
    })),
  );
}

function commission(request: RestRequest, market: ExchangeMarket): RestReply {
  const book = market.find(request.query.get('symbol') ?? '');
  if (!book) return binanceError(400, -1121, 'Invalid symbol.');
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' };
  return ok({
    symbol: book.listing.wireId,
    standardCommission: { ...none, maker: rate(RATES.accountMakerBps), taker: rate(RATES.accountTakerBps) },
    specialCommission: none,
    taxCommission: none,
    discount: { enabledForAccount: false, enabledForSymbol: false, discountAsset: 'BNB', discount: '0.75000000' },
  });
}

function account(request: RestRequest, key: ApiKey): RestReply {
  return ok({
    ...{ makerCommission: 7, takerCommission: 7, buyerCommission: 0, sellerCommission: 0 },
    commissionRates: {
      ...{ maker: rate(RATES.accountMakerBps), taker: rate(RATES.accountTakerBps) },
      ...{ buyer: '0.00000000', seller: '0.00000000' },
    },
    ...{ canTrade: key.scopes.trade, canWithdraw: key.scopes.withdraw, canDeposit: true, brokered: false },
    ...{ requireSelfTradePrevention: false, preventSor: false, updateTime: Math.floor(request.nowMs) },
    ...{ accountType: 'SPOT', permissions: ['SPOT'], uid: 354937868 },
    balances: BALANCES.map(([asset, free, locked]) => ({ asset, free, locked })),
  });
}

function restrictions(key: ApiKey): object {
  const { read, trade, withdraw, transfer } = key.scopes;
  return {
    ipRestrict: key.ipList.length > 0,
    createTime: Math.floor(key.createdAtMs),
    ...{ enableReading: read, enableWithdrawals: withdraw, enableInternalTransfer: transfer },
    ...{ enableMargin: false, enableFutures: false, permitsUniversalTransfer: transfer },
    ...{ enableVanillaOptions: false, enableFixApiTrade: false, enableFixReadOnly: true },
    ...{ enableSpotAndMarginTrading: trade, enablePortfolioMarginTrading: false },
    ...(key.expiresAtMs === null ? {} : { tradingAuthorityExpirationTime: Math.floor(key.expiresAtMs) }),
  };
}

function withdrawals(uses: readonly AccountUse[]): readonly object[] {
  return uses
    .filter(({ kind }) => kind === 'withdrawal')
    .map(({ atMs }, index) => ({
      ...{ id: `b6ae22b3aa844210a7041aee7589627${index}`, amount: '0.40000000', transactionFee: '0.0005', coin: 'BTC' },
      ...{ status: 6, address: '1F5zVDgNjorJ51oGebSvNCrSAHpwGkUdDB', txId: '', network: 'BTC', transferType: 0 },
      ...{ applyTime: new Date(atMs).toISOString().slice(0, 19).replace('T', ' '), info: '', walletType: 0 },
    }));
}

function openOrders(uses: readonly AccountUse[]): readonly object[] {
  return uses
    .filter(({ kind }) => kind === 'order')
    .map(({ atMs }, index) => ({
      ...{ symbol: 'BTCUSDT', orderId: index + 1, orderListId: -1, clientOrderId: `other-${index}`, price: '10000.00' },
      ...{ origQty: '0.10000000', executedQty: '0.00000000', status: 'NEW', timeInForce: 'GTC', type: 'LIMIT' },
      ...{ side: 'BUY', time: Math.floor(atMs), updateTime: Math.floor(atMs), isWorking: true },
    }));
}

function coin(asset: WalletAsset): object {
  const isFiat = asset.networks.length === 0;
  return {
    ...{ coin: asset.code, name: asset.code, depositAllEnable: asset.networks.some(({ deposit }) => deposit) },
    ...{ withdrawAllEnable: asset.networks.some(({ withdraw }) => withdraw) },
    ...{ free: '0', locked: '0', freeze: '0', withdrawing: '0', ipoing: '0', ipoable: '0', storage: '0' },
    ...{ isLegalMoney: isFiat, trading: true },
    networkList: asset.networks.map((network, index) => ({
      ...{ network: network.code, coin: asset.code, name: network.code, isDefault: index === 0 },
      ...{
        depositEnable: network.deposit,
        withdrawEnable: network.withdraw,
        busy: false,
        sameAddress: false,
        resetAddressStatus: false,
      },
      ...{ withdrawFee: network.withdrawFee, withdrawMin: network.withdrawMin, withdrawMax: '9999999' },
      ...{ withdrawIntegerMultiple: '0.00000001', minConfirm: 2, unLockConfirm: 6, estimatedArrivalTime: 3 },
      ...{ depositDesc: '', withdrawDesc: '', specialTips: '', addressRegex: '', memoRegex: '' },
      ...(network.contract === null ? {} : { contractAddress: network.contract.replace(/^0x.*/, lowerCase) }),
    })),
  };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
