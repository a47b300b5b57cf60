import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import { bybitReply } from './bybit-reply.js';

type Answer = (request: RestRequest, key: ApiKey, market: ExchangeMarket, uses: readonly AccountUse[]) => RestReply;

const RATES = PROFILES.bybit;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/v5/account/fee-rate': (request, key, market) => readable(request, key, () => feeRate(request, market)),
  '/v5/asset/coin/query-info': (request, key, market) => readable(request, key, () => coins(request, market)),
  '/v5/account/wallet-balance': (request, key) => readable(request, key, () => wallet(request)),
  '/v5/account/info': (request, key) => readable(request, key, () => accountInfo(request)),
  '/v5/order/history': (request, key, _market, uses) =>
    readable(request, key, () => bybitReply(request, 0, 'OK', { category: 'spot', list: orders(uses) })),
  '/v5/asset/withdraw/query-record': (request, key, _market, uses) =>
    readable(request, key, () => bybitReply(request, 0, 'success', { rows: withdrawals(uses), nextPageCursor: '' })),
  '/v5/asset/transfer/query-inter-transfer-list': (request, key, _market, uses) =>
    readable(request, key, () => bybitReply(request, 0, 'success', { list: transfers(uses), nextPageCursor: '' })),
  '/v5/user/query-api': (request, key) => bybitReply(request, 0, '', keyInfo(key)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function bybitSigned(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  return 'status' in key ? key : answer(request, key, market, accounts.usesOf(key));
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const given = header('x-bapi-api-key');
  const timestamp = header('x-bapi-timestamp');
  const window = header('x-bapi-recv-window') || '5000';
  if (given === '' || timestamp === '') return bybitReply(request, 10001, 'empty value: apiTimestamp[] apiKey[]');
  const key = accounts.find('bybit', given);
  if (!key) return bybitReply(request, 10003, 'API key is invalid.');
  const sent = Number(timestamp);
  // bybit: server_time - recv_window <= timestamp < server_time + 1000.
  if (!(sent >= request.nowMs - Number(window) && sent < request.nowMs + 1000)) {
    const detail = `req_timestamp[${timestamp}],server_timestamp[${Math.floor(request.nowMs)}],recv_window[${window}]`;
    const text = 'invalid request, please check your server timestamp or recv_window param.';
    return bybitReply(request, 10002, `${text} ${detail}`);
  }
  const payload = request.method === 'POST' ? request.body : request.rawQuery;
  const expected = createHmac('sha256', key.secret).update(`${timestamp}${given}${window}${payload}`).digest('hex');
  if (!isSameSignature(header('x-bapi-sign'), expected)) {
    return bybitReply(request, 10004, 'Error sign, please check your signature generation algorithm.');
  }
  if (isExpired(key, request.nowMs)) return bybitReply(request, 33004, 'Your api key has expired.');
  if (!isAddressAllowed(key, request.remoteAddress)) {
    return bybitReply(request, 10010, "Unmatched IP, please check your API key's bound IP addresses.");
  }
  accounts.touch(key, request.nowMs);
  return key;
}

function readable(request: RestRequest, key: ApiKey, answer: () => RestReply): RestReply {
  if (key.scopes.read) return answer();
  return bybitReply(request, 10005, 'Permission denied, please check your API key permissions.');
}

function feeRate(request: RestRequest, market: ExchangeMarket): RestReply {
  // Without a category, or for contracts, the list covers what is traded there: nothing.
  if (request.query.get('category') !== 'spot') return bybitReply(request, 0, 'OK', { category: '', list: [] });
  const wanted = request.query.get('symbol');
  if (wanted !== null && !market.find(wanted)) return bybitReply(request, 10001, 'Symbol Is Invalid');
  const list = market.books
    .filter((book) => wanted === null || book.listing.wireId === wanted)
    .map(({ listing }) => ({
      ...{ symbol: listing.wireId, baseCoin: '' },
      takerFeeRate: String(RATES.accountTakerBps / 10_000),
      makerFeeRate: String(RATES.accountMakerBps / 10_000),
    }));
  return bybitReply(request, 0, 'OK', { category: 'spot', list });
}

function coins(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('coin');
  const rows = market.coins.filter(({ code }) => wanted === null || code === wanted);
  return bybitReply(request, 0, 'success', {
    rows: rows.map((asset) => ({
      ...{ name: asset.code, coin: asset.code, remainAmount: '10000000' },
      chains: asset.networks.map((network) => ({
        ...{ chain: network.code, chainType: network.code, confirmation: '6', safeConfirmNumber: '12' },
        ...{ chainDeposit: network.deposit ? '1' : '0', chainWithdraw: network.withdraw ? '1' : '0' },
        ...{ minAccuracy: '8', depositMin: '0', withdrawPercentageFee: '0' },
        ...{
          withdrawFee: network.withdrawFee,
          withdrawMin: network.withdrawMin,
          contractAddress: network.contract ?? '',
        },
      })),
    })),
  });
}

// Lists come newest first.
function rows<T>(uses: readonly AccountUse[], kind: AccountUse['kind'], row: (time: string, index: number) => T): T[] {
  const meant = uses.filter((use) => use.kind === kind);
  return meant.map(({ atMs }, index) => row(String(Math.floor(atMs)), index)).reverse();
}

function orders(uses: readonly AccountUse[]): readonly object[] {
  return rows(uses, 'order', (time, index) => ({
    ...{ orderId: String(index + 1), orderLinkId: '', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.1' },
    ...{
      price: '0',
      avgPrice: '10000',
      cumExecQty: '0.1',
      orderStatus: 'Filled',
      createdTime: time,
      updatedTime: time,
    },
  }));
}

function withdrawals(uses: readonly AccountUse[]): readonly object[] {
  return rows(uses, 'withdrawal', (time, index) => ({
    ...{ withdrawId: String(index + 1), txID: '', withdrawType: 0, coin: 'BTC', chain: 'BTC', amount: '0.4', tag: '' },
    ...{
      withdrawFee: '0.0005',
      status: 'success',
      toAddress: '1F5zVDgNjorJ51oGebSv',
      createTime: time,
      updateTime: time,
    },
  }));
}

function transfers(uses: readonly AccountUse[]): readonly object[] {
  return rows(uses, 'transfer', (timestamp, index) => ({
    ...{ transferId: `selfTransfer_${index}`, coin: 'USDT', amount: '100', fromAccountType: 'UNIFIED' },
    ...{ toAccountType: 'FUND', timestamp, status: 'SUCCESS' },
  }));
}

function wallet(request: RestRequest): RestReply {
  const total = (free: string, locked: string): string => (Number(free) + Number(locked)).toFixed(8);
  const coin = BALANCES.map(([asset, free, locked]) => ({
    ...{ coin: asset, equity: total(free, locked), walletBalance: total(free, locked), locked },
    ...{ borrowAmount: '0', spotHedgingQty: '0', unrealisedPnl: '0', cumRealisedPnl: '0', bonus: '0' },
    ...{ totalOrderIM: '0', totalPositionIM: '0', accruedInterest: '0', collateralSwitch: true },
    ...{ availableToWithdraw: free, usdValue: '', marginCollateral: true },
  }));
  const accountType = request.query.get('accountType') ?? 'UNIFIED';
  return bybitReply(request, 0, 'OK', { list: [{ accountType, totalEquity: '', accountIMRate: '0', coin }] });
}

function accountInfo(request: RestRequest): RestReply {
  return bybitReply(request, 0, 'OK', {
    ...{ unifiedMarginStatus: 6, marginMode: 'REGULAR_MARGIN', dcpStatus: 'OFF', timeWindow: 0, smpGroup: 0 },
    ...{ isMasterTrader: false, spotHedgingStatus: 'OFF', updatedTime: String(Math.floor(request.nowMs)) },
  });
}

function keyInfo(key: ApiKey): object {
  const { trade, withdraw, transfer } = key.scopes;
  const created = new Date(key.createdAtMs);
  // Keys without an address list run out after three months.
  const ends = key.expiresAtMs ?? (key.ipList.length === 0 ? key.createdAtMs + 90 * 86_400_000 : null);
  const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
  return {
    ...{ id: '13770661', note: key.label, apiKey: key.apiKey, secret: '', readOnly: trade || withdraw ? 0 : 1 },
    permissions: {
      ...{ ContractTrade: [], Spot: trade ? ['SpotTrade'] : [], Options: [], Derivatives: [], CopyTrading: [] },
      Wallet: [...(transfer ? ['AccountTransfer', 'SubMemberTransfer'] : []), ...(withdraw ? ['Withdraw'] : [])],
      ...{ BlockTrade: [], Exchange: [], NFT: [], Affiliate: [], Earn: [] },
    },
    ips: key.ipList.length === 0 ? ['*'] : key.ipList,
    type: 1,
    deadlineDay: ends === null ? -2 : Math.max(0, Math.floor((ends - key.createdAtMs) / 86_400_000)),
    expiredAt: ends === null ? '1970-01-01T00:00:00Z' : seconds(new Date(ends)),
    createdAt: seconds(created),
    ...{ unified: 0, uta: 1, userID: 24617703, inviterID: 0, vipLevel: 'No VIP', mktMakerLevel: '0' },
    ...{ affiliateID: 0, rsaPublicKey: '', isMaster: true, parentUid: '0', kycLevel: 'LEVEL_1', kycRegion: 'NLD' },
  };
}
