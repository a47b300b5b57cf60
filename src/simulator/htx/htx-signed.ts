import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature, plainAddress } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';

/** A request by a key that has been verified. */
interface SignedCall {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly market: ExchangeMarket;
  readonly uses: readonly AccountUse[];
}

/** A request older or newer than this is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 300_000;
const DAY_MS = 86_400_000;
/** So long lives a key that is bound to no address. */
const UNBOUND_DAYS = 90;
const RATES = PROFILES.htx;
const USER = 63_628_520;
const SPOT_ACCOUNT = 1_528_640;

const ANSWERS: Readonly<Record<string, (call: SignedCall) => RestReply>> = {
  '/v2/user/uid': () => ok2(USER),
  '/v2/user/api-key': apiKeys,
  '/v2/reference/transact-fee-rate': feeRates,
  '/v1/account/accounts': () => ok([{ id: SPOT_ACCOUNT, type: 'spot', subtype: '', state: 'working' }]),
  [`/v1/account/accounts/${SPOT_ACCOUNT}/balance`]: () => ok(balance()),
  '/v1/order/history': ({ uses }) => ok(newest(uses, 'order').map(orderRow)),
  '/v1/query/deposit-withdraw': ({ request, uses }) =>
    ok(request.query.get('type') === 'withdraw' ? newest(uses, 'withdrawal').map(withdrawalRow) : []),
};

/** Answers the signed endpoints of a main account; null when the path is none of them. */
export function htxSigned(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer || request.host !== 'api.huobi.pro') return null;
  const key = authenticate(request, accounts);
  return 'status' in key ? key : answer({ request, key, market, uses: accounts.usesOf(key) });
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const { query, nowMs } = request;
  const key = accounts.find('htx', query.get('AccessKeyId') ?? '');
  if (!key || isExpired(key, nowMs)) return refuse(request, 'Incorrect Access key [Access key错误]');
  const sentMs = Date.parse(`${query.get('Timestamp') ?? ''}Z`);
  if (!(Math.abs(sentMs - nowMs) <= MOST_CLOCK_DIFFERENCE_MS)) {
    return refuse(request, 'Invalid submission time [无效的提交时间]');
  }
  if (!isSameSignature(query.get('Signature') ?? '', signatureOf(request, key))) {
    return refuse(request, 'Verification failure [校验失败]');
  }
  if (!isAddressAllowed(key, request.remoteAddress)) {
    return refuse(request, `Incorrect IP address [IP地址错误]:${plainAddress(request.remoteAddress)}`);
  }
  if (!key.scopes.read) return refuse(request, 'API key has no permission [API Key没有权限]', 1002);
  accounts.touch(key, nowMs);
  return key;
}

// HMAC-SHA256 of method, host, path and the sorted query without the signature itself, a line each; base64.
function signatureOf({ method, host, path, rawQuery }: RestRequest, key: ApiKey): string {
  const query = rawQuery
    .split('&')
    .filter((pair) => !pair.startsWith('Signature='))
    .sort((a, b) => (a < b ? -1 : 1))
    .join('&');
  return createHmac('sha256', key.secret).update([method, host, path, query].join('\n')).digest('base64');
}

/** Refuses as the path's version does: the older ones say why, version 2 has its codes alone. Both with HTTP 200. */
function refuse(request: RestRequest, why: string, code = 1003): RestReply {
  if (request.path.startsWith('/v2/')) {
    return { status: 200, body: { code, message: code === 1003 ? 'invalid signature' : 'forbidden' } };
  }
  const words = { 'err-code': 'api-signature-not-valid', 'err-msg': `Signature not valid: ${why}` };
  return { status: 200, body: { status: 'error', ...words, data: null } };
}

function ok(data: unknown): RestReply {
  return { status: 200, body: { status: 'ok', data } };
}

function ok2(data: unknown): RestReply {
  return { status: 200, body: { code: 200, message: 'success', data, ok: true } };
}

function apiKeys({ request, key }: SignedCall): RestReply {
  if (request.query.get('uid') !== String(USER)) {
    return { status: 200, body: { code: 2002, message: 'invalid field value in `uid`' } };
  }
  const { read, trade, withdraw } = key.scopes;
  const permission = [trade && 'trade', read && 'readOnly', withdraw && 'withdraw'].filter((right) => right !== false);
  const endsAtMs = key.ipList.length > 0 ? null : (key.expiresAtMs ?? key.createdAtMs + UNBOUND_DAYS * DAY_MS);
  const times = { createTime: Math.floor(key.createdAtMs), updateTime: Math.floor(key.modifiedAtMs) };
  return ok2([
    {
      ...{
        accessKey: '5000d371-ed2fbe5f-40d21c8b-ab8e5',
        status: 'normal',
        note: 'another one',
        permission: 'readOnly',
      },
      ...{ ipAddresses: '192.0.2.1', validDays: -1, ...times },
    },
    {
      ...{ accessKey: key.apiKey, status: 'normal', note: key.label, permission: permission.join(',') },
      ipAddresses: key.ipList.join(','),
      validDays: endsAtMs === null ? -1 : Math.floor((endsAtMs - request.nowMs) / DAY_MS),
      ...times,
    },
  ]);
}

function feeRates({ request, market }: SignedCall): RestReply {
  const symbols = (request.query.get('symbols') ?? '').split(',');
  if (symbols.some((symbol) => !market.find(symbol))) {
    return { status: 200, body: { code: 2002, message: 'invalid field value in `symbols`' } };
  }
  const share = (bps: number): string => String(bps / 10_000);
  const rates = {
    ...{ makerFeeRate: share(RATES.publicMakerBps), takerFeeRate: share(RATES.publicTakerBps) },
    ...{ actualMakerRate: share(RATES.accountMakerBps), actualTakerRate: share(RATES.accountTakerBps) },
  };
  return ok2(symbols.map((symbol) => ({ symbol, ...rates })));
}

function balance(): object {
  const list = BALANCES.flatMap(([asset, free, locked]) => [
    { currency: asset.toLowerCase(), type: 'trade', balance: free, available: free },
    { currency: asset.toLowerCase(), type: 'frozen', balance: locked },
  ]);
  return { id: SPOT_ACCOUNT, type: 'spot', state: 'working', list };
}

function newest(uses: readonly AccountUse[], kind: AccountUse['kind']): AccountUse[] {
  return uses.filter((use) => use.kind === kind).reverse();
}

function orderRow({ atMs }: AccountUse, index: number): object {
  const at = Math.floor(atMs);
  return {
    ...{ id: at * 10 + index, symbol: 'btcusdt', 'account-id': SPOT_ACCOUNT, amount: '20', price: '0' },
    ...{ 'created-at': at, 'finished-at': at, 'canceled-at': 0, type: 'sell-market', source: 'spot-web' },
    ...{ 'field-amount': '0.0003', 'field-cash-amount': '20', 'field-fees': '0.02', state: 'filled' },
  };
}

function withdrawalRow({ atMs }: AccountUse, index: number): object {
  const at = Math.floor(atMs);
  return {
    ...{ id: at * 10 + index, type: 'withdraw', 'sub-type': 'NORMAL', currency: 'usdt', chain: 'trc20usdt' },
    ...{ 'tx-hash': '', amount: 400, fee: 1, address: 'TRnN5ctkyXnWvYo9vGF1v8Xy5tV1nS5tGN', 'address-tag': '' },
    ...{ state: 'confirmed', 'created-at': at, 'updated-at': at },
  };
}
