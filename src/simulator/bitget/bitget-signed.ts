import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import { bitgetReply } from './bitget-rest.js';

/** A request by a key that has been verified. */
interface SignedCall {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly market: ExchangeMarket;
  readonly uses: readonly AccountUse[];
}

/** A request older or newer than this is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 30_000;
const RATES = PROFILES.bitget;
const USER = '2718281828';
/** Registration of every account: long before any of its keys. */
const REGISTERED_AT_MS = Date.UTC(2021, 4, 6);

const ANSWERS: Readonly<Record<string, (call: SignedCall) => RestReply>> = {
  '/api/v2/spot/account/info': ({ request, key }) => ok(request, accountInfo(key)),
  '/api/v2/spot/account/assets': ({ request }) => ok(request, BALANCES.map(assetRow(request))),
  '/api/v2/common/trade-rate': tradeRate,
  '/api/v2/spot/trade/history-orders': (call) => ok(call.request, newest(call, 'order').map(orderRow)),
  '/api/v2/spot/account/bills': bills,
};

/**
 * Answers the signed endpoints of a classic account; null when the path is none of them. Those of unified accounts are
 * refused as bitget refuses them to a classic one.
 */
export function bitgetSigned(
  request: RestRequest,
  market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  const isUnified = request.path.startsWith('/api/v3/account/');
  if (!answer && !isUnified) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  if (!answer) {
    const text = 'You are in Classic Account mode, and the Unified Account API is not supported at this time';
    return refuse(request, '40084', text);
  }
  if (!key.scopes.read) return refuse(request, '40014', 'Incorrect permissions, need spot read permissions');
  return answer({ request, key, market, uses: accounts.usesOf(key) });
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const malformed = checkHeaders(request);
  if (malformed) return malformed;
  const given = header(request, 'access-key');
  const key = accounts.find('bitget', given);
  if (!key || isExpired(key, request.nowMs)) return refuse(request, '40037', 'Apikey does not exist');
  if (!isSameSignature(header(request, 'access-sign'), signatureOf(request, key))) {
    return refuse(request, '40009', 'sign signature error');
  }
  if (!isSameSignature(header(request, 'access-passphrase'), key.passphrase ?? '')) {
    return refuse(request, '40012', 'apikey/password is incorrect');
  }
  if (!isAddressAllowed(key, request.remoteAddress)) return refuse(request, '40018', 'Invalid IP');
  accounts.touch(key, request.nowMs);
  return key;
}

function checkHeaders(request: RestRequest): RestReply | null {
  const [given, timestamp] = [header(request, 'access-key'), header(request, 'access-timestamp')];
  if (given === '') return refuse(request, '40001', 'ACCESS_KEY cannot be empty');
  if (header(request, 'access-passphrase') === '') {
    return refuse(request, '40011', 'ACCESS_PASSPHRASE cannot be empty');
  }
  if (!/^\d{13}$/.test(timestamp)) return refuse(request, '40005', 'Invalid ACCESS_TIMESTAMP');
  if (Math.abs(Number(timestamp) - request.nowMs) > MOST_CLOCK_DIFFERENCE_MS) {
    return refuse(request, '40008', 'Request timestamp expired');
  }
  return /^bg_[0-9a-f]{32}$/.test(given) ? null : refuse(request, '40006', 'Invalid ACCESS_KEY');
}

// HMAC-SHA256 of (timestamp + method + path with query + body), base64; ccxt signs the query before it is encoded.
function signatureOf(request: RestRequest, key: ApiKey): string {
  const query = [...request.query].map(([name, value]) => `${name}=${value}`).join('&');
  const target = `${request.path}${query === '' ? '' : `?${query}`}`;
  const payload = `${header(request, 'access-timestamp')}${request.method}${target}${request.body}`;
  return createHmac('sha256', key.secret).update(payload).digest('base64');
}

function header(request: RestRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function ok(request: RestRequest, data: unknown): RestReply {
  return bitgetReply(request, 200, '00000', 'success', data);
}

function refuse(request: RestRequest, code: string, text: string): RestReply {
  return bitgetReply(request, 400, code, text, null);
}

function accountInfo(key: ApiKey): object {
  const { read, trade, withdraw, transfer } = key.scopes;
  const authorities = [
    ...(read ? ['stor', 'wtor'] : []),
    ...(trade ? ['stow'] : []),
    ...(transfer ? ['wtow'] : []),
    ...(withdraw ? ['wwow'] : []),
  ];
  return {
    ...{ userId: USER, inviterId: '1', ips: key.ipList.join(','), authorities, parentId: Number(USER) },
    ...{ traderType: 'not_trader', channelCode: '', channel: '', regisTime: String(REGISTERED_AT_MS) },
  };
}

function assetRow(request: RestRequest): (row: readonly [string, string, string]) => object {
  const uTime = String(Math.floor(request.nowMs));
  return ([coin, available, frozen]) => ({ coin, available, frozen, locked: '0', limitAvailable: '0', uTime });
}

function tradeRate({ request, market }: SignedCall): RestReply {
  const symbol = request.query.get('symbol') ?? '';
  if (request.query.get('businessType') !== 'spot') return refuse(request, '40020', 'Parameter businessType error');
  if (!market.find(symbol)) return refuse(request, '40034', `Parameter ${symbol} does not exist`);
  return ok(request, {
    makerFeeRate: String(RATES.accountMakerBps / 10_000),
    takerFeeRate: String(RATES.accountTakerBps / 10_000),
  });
}

/** What others did of a kind, newest first, as many as are asked for. */
function newest({ request, uses }: SignedCall, kind: AccountUse['kind']): AccountUse[] {
  const rows = uses.filter((use) => use.kind === kind).reverse();
  return rows.slice(0, Number(request.query.get('limit') ?? '100'));
}

function orderRow({ atMs }: AccountUse, index: number): object {
  const time = String(Math.floor(atMs));
  return {
    ...{ userId: USER, symbol: 'BTCUSDT', orderId: `12${time}${index}`, clientOid: `34${time}`, price: '0' },
    ...{ size: '20', orderType: 'market', side: 'sell', status: 'filled', priceAvg: '60000', baseVolume: '0.0003' },
    ...{ quoteVolume: '20', enterPointSource: 'WEB', feeDetail: '', orderSource: 'market', cTime: time, uTime: time },
    ...{ tpslType: 'normal', cancelReason: '', triggerPrice: null },
  };
}

function bills(call: SignedCall): RestReply {
  const { request } = call;
  const groupType = request.query.get('groupType') ?? '';
  const kinds: Readonly<Record<string, AccountUse['kind']>> = { withdraw: 'withdrawal', transfer: 'transfer' };
  const kind = kinds[groupType];
  const businessType = groupType === 'withdraw' ? 'WITHDRAW' : 'TRANSFER_OUT';
  const rows = (kind ? newest(call, kind) : []).map(({ atMs }, index) => ({
    ...{ cTime: String(Math.floor(atMs)), coin: 'USDT', groupType, businessType, size: '-20', balance: '12520.22' },
    ...{ fees: '0', billId: `56${Math.floor(atMs)}${index}` },
  }));
  return ok(request, rows);
}
