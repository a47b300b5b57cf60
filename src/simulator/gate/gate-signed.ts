import { createHash, createHmac } from 'node:crypto';
import { unescape } from 'node:querystring';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature, plainAddress } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';

interface Call {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly accounts: AccountRegistry;
  /** When the key was used before this call, epoch milliseconds. */
  readonly lastUsedMs: number | null;
}

/** An area of a key's rights. */
interface Perm {
  readonly name: string;
  readonly read_only: boolean;
}

/** An endpoint: its area, null where every key may ask, and what it answers. */
interface Endpoint {
  readonly area: string | null;
  readonly answer: (call: Call) => unknown;
}

/** A request older or newer than this is refused. */
const MOST_CLOCK_DIFFERENCE_SECONDS = 60;
const USER_ID = 1_667_201_533;
/** Characters of a key that its list shows. */
const SHOWN = 12;
const RATES = PROFILES.gate;

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/api/v4/account/main_keys': { area: 'account', answer: mainKeys },
  '/api/v4/account/detail': { area: null, answer: ({ key }) => detail(key) },
  '/api/v4/wallet/fee': { area: 'wallet', answer: fee },
  '/api/v4/spot/accounts': { area: 'spot', answer: balances },
  '/api/v4/wallet/withdrawals': {
    area: 'wallet',
    answer: (call) => usesOf(call, 'withdrawal').map(withdrawalRow),
  },
  '/api/v4/wallet/sub_account_transfers': {
    area: 'wallet',
    answer: (call) => usesOf(call, 'transfer').map(transferRow),
  },
  '/api/v4/spot/my_trades': { area: 'spot', answer: (call) => usesOf(call, 'order').map(tradeRow) },
};

/** Answers the signed endpoints; null when the path is none of them. */
export function gateSigned(request: RestRequest, _market: ExchangeMarket, accounts: AccountRegistry): RestReply | null {
  const endpoint = ENDPOINTS[request.path];
  if (!endpoint) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  const perms = permsOf(key);
  const { area, answer } = endpoint;
  if (perms.length === 0 || (area !== null && !perms.some(({ name }) => name === area))) {
    return refusal(403, 'FORBIDDEN', 'API key does not have permission to access this resource');
  }
  const lastUsedMs = accounts.touch(key, request.nowMs);
  return { status: 200, body: answer({ request, key, accounts, lastUsedMs }) };
}

// SIGN: HMAC-SHA512 of method, path, query, SHA-512 of the body and time, a line each, hexadecimal.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const [given, timestamp, sign] = [header('key'), header('timestamp'), header('sign')];
  if ([given, timestamp, sign].includes('')) {
    return refusal(400, 'MISSING_REQUIRED_HEADER', 'Missing required header: KEY, SIGN or Timestamp');
  }
  if (!(Math.abs(Number(timestamp) - request.nowMs / 1_000) <= MOST_CLOCK_DIFFERENCE_SECONDS)) {
    return refusal(403, 'REQUEST_EXPIRED', 'gap between request Timestamp and server time exceeds 60');
  }
  const key = accounts.find('gate', given);
  if (!key || isExpired(key, request.nowMs)) return refusal(401, 'INVALID_KEY', 'Invalid key provided');
  if (!isAddressAllowed(key, request.remoteAddress)) {
    return refusal(401, 'IP_FORBIDDEN', `Request IP not in whitelist: ${plainAddress(request.remoteAddress)}`);
  }
  const body = createHash('sha512').update(request.body).digest('hex');
  const payload = [request.method, request.path, unescape(request.rawQuery), body, timestamp].join('\n');
  const expected = createHmac('sha512', key.secret).update(payload).digest('hex');
  return isSameSignature(sign, expected) ? key : refusal(401, 'INVALID_SIGNATURE', 'Signature mismatch');
}

function refusal(status: number, label: string, message: string): RestReply {
  return { status, body: { label, message } };
}

function permsOf({ scopes: { read, trade, withdraw, transfer } }: ApiKey): readonly Perm[] {
  const perm = (name: string, canRead: boolean, canWrite: boolean): readonly Perm[] =>
    canRead || canWrite ? [{ name, read_only: !canWrite }] : [];
  return [...perm('spot', read, trade), ...perm('wallet', read, withdraw || transfer), ...perm('account', read, false)];
}

// The owner has a second key, with every right: what is told of it is not to be taken for what is told of the first.
function mainKeys({ key, request, lastUsedMs }: Call): object[] {
  const seconds = (timeMs: number): number => Math.floor(timeMs / 1_000);
  const shared = { state: 1, mode: 1, user_id: USER_ID, currency_pairs: [] };
  const other = {
    ...{ ...shared, name: 'old bot', ip_whitelist: [], key: '52fd0035f665*****' },
    perms: ['spot', 'wallet', 'account', 'futures'].map((name) => ({ name, read_only: false })),
    ...{ created_at: 1_753_897_991, update_at: 1_756_300_567, last_access: 1_753_897_991 },
  };
  const asking = {
    ...{ ...shared, name: key.label, ip_whitelist: key.ipList, perms: permsOf(key) },
    ...{ key: `${key.apiKey.slice(0, SHOWN)}*****`, created_at: seconds(key.createdAtMs) },
    ...{ update_at: seconds(key.modifiedAtMs), last_access: seconds(lastUsedMs ?? request.nowMs) },
  };
  return [other, asking];
}

function detail(key: ApiKey): object {
  return {
    ...{ user_id: USER_ID, ip_whitelist: key.ipList, currency_pairs: [], key: { mode: 1 }, tier: 2 },
    copy_trading_role: 0,
  };
}

function fee(): object {
  const rate = (bps: number): string => String(bps / 10_000);
  const [taker, maker] = [rate(RATES.accountTakerBps), rate(RATES.accountMakerBps)];
  return {
    ...{ user_id: USER_ID, taker_fee: taker, maker_fee: maker, gt_discount: false, gt_taker_fee: '0' },
    ...{ gt_maker_fee: '0', loan_fee: '0.18', point_type: '1', futures_taker_fee: '0.0005' },
    ...{ futures_maker_fee: '0.0002', delivery_taker_fee: '0.0005', delivery_maker_fee: '0.0002', debit_fee: 3 },
  };
}

function balances(): object[] {
  return BALANCES.map(([currency, available, locked]) => ({ currency, available, locked, update_id: 98 }));
}

/** Newest first. */
function usesOf({ request: { query }, key, accounts }: Call, kind: AccountUse['kind']): readonly AccountUse[] {
  const sinceMs = Number(query.get('from') ?? '0') * 1_000;
  const uses = accounts.usesOf(key).filter((use) => use.kind === kind && use.atMs >= sinceMs);
  return uses.reverse().slice(0, Number(query.get('limit') ?? '100'));
}

function secondsOf({ atMs }: AccountUse): string {
  return String(Math.floor(atMs / 1_000));
}

function withdrawalRow(use: AccountUse, index: number): object {
  return {
    ...{ id: `w${13389675 + index}`, currency: 'USDT', address: 'TXm3o1Pz2Ue8cJbZ4yQpQn5sPyPqg7b7aR', memo: '' },
    ...{ txid: '', block_number: '41575382', amount: '222.61', fee: '1', status: 'DONE', chain: 'TRX' },
    ...{ timestamp: secondsOf(use), withdraw_order_id: '' },
  };
}

function transferRow(use: AccountUse): object {
  return {
    ...{ uid: String(USER_ID), sub_account: '10002', sub_account_type: 'spot', currency: 'BTC', amount: '0.01' },
    ...{ direction: 'to', source: 'web', client_order_id: '', timest: secondsOf(use), status: 'success' },
  };
}

function tradeRow(use: AccountUse, index: number): object {
  return {
    ...{ id: String(2_876_130_500 + index), create_time: secondsOf(use), create_time_ms: use.atMs.toFixed(6) },
    ...{ currency_pair: 'BTC_USDT', side: 'sell', role: 'taker', amount: '0.01', price: '84000' },
    ...{ order_id: '125924049993', fee: '0.84', fee_currency: 'USDT', point_fee: '0', gt_fee: '0' },
  };
}
