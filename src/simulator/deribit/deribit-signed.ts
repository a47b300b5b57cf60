import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';

/** A call by a key that has been verified. */
interface PrivateCall {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly uses: readonly AccountUse[];
}

/** A request that was signed longer ago is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 60_000;
/** Taker fee of every account on perpetuals, as a share. */
const PERPETUAL_TAKER = 0.0005;

const ANSWERS: Readonly<Record<string, (call: PrivateCall) => unknown>> = {
  '/api/v2/private/list_api_keys': ({ key }) => [OTHER_KEY, keyRow(key)],
  '/api/v2/private/get_access_log': accessLog,
  '/api/v2/private/get_account_summaries': () => ({
    ...{ id: 10, email: 'owner@example.com', username: 'simulated', type: 'main', security_keys_enabled: false },
    summaries: BALANCES.map(summary),
  }),
  '/api/v2/private/get_account_summary': ({ request }) => accountSummary(request),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function deribitSigned(
  request: RestRequest,
  _market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  accounts.touch(key, request.nowMs);
  if (!key.scopes.read) return refusal(request, 403, 13021, 'forbidden');
  return envelope(request, 200, { result: answer({ request, key, uses: accounts.usesOf(key) }) });
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const given = /^deri-hmac-sha256 id=([^,]*),ts=(\d+),sig=([0-9a-f]*),nonce=(.*)$/.exec(
    request.headers.authorization ?? '',
  );
  if (!given) return refusal(request, 400, 10000, 'authorization_required');
  const [, id = '', sent = '', signature = '', nonce = ''] = given;
  const key = accounts.find('deribit', id);
  // How deribit words the refusal of an address is not documented.
  if (!key || isExpired(key, request.nowMs) || !isAddressAllowed(key, request.remoteAddress)) {
    return refusal(request, 400, 13004, 'invalid_credentials');
  }
  const isTimely = Math.abs(Number(sent) - request.nowMs) <= MOST_CLOCK_DIFFERENCE_MS;
  if (isTimely && isSameSignature(signature, signatureOf(request, key, sent, nonce))) return key;
  return refusal(request, 401, 13009, 'unauthorized');
}

/** HMAC-SHA256 in hex of timestamp, nonce, method, path with query, and body, each ended by a line break. */
function signatureOf(request: RestRequest, key: ApiKey, sent: string, nonce: string): string {
  const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`;
  const text = `${sent}\n${nonce}\n${request.method}\n${request.path}${query}\n${request.body}\n`;
  return createHmac('sha256', key.secret).update(text).digest('hex');
}

function envelope({ nowMs }: RestRequest, status: number, content: object): RestReply {
  const micros = Math.floor(nowMs * 1_000);
  return {
    status,
    body: { jsonrpc: '2.0', ...content, usIn: micros, usOut: micros + 180, usDiff: 180, testnet: false },
  };
}

function refusal(request: RestRequest, status: number, code: number, message: string): RestReply {
  return envelope(request, status, { error: { code, message } });
}

/** Another key of the account, wider than any: whoever takes it for his own is wrong. */
const OTHER_KEY = {
  ...{ timestamp: 1_560_236_287_708, id: 1, enabled: true, default: true, client_id: 'aX-KFy-H', name: 'other' },
  ...{ client_secret: 'secret-of-another-key', enabled_features: [], ip_whitelist: [] },
  max_scope: 'account:read_write block_trade:read_write trade:read_write wallet:read_write',
};

// As documented, with the secret in it.
function keyRow(key: ApiKey): object {
  const access = (mayWrite: boolean): string => (mayWrite ? 'read_write' : 'read');
  const { trade, withdraw, transfer } = key.scopes;
  return {
    ...{ timestamp: Math.floor(key.createdAtMs), id: 2, enabled: true, default: false, name: key.label },
    ...{ client_id: key.apiKey, client_secret: key.secret, enabled_features: [], ip_whitelist: key.ipList },
    max_scope: `account:read block_trade:read trade:${access(trade)} wallet:${access(withdraw || transfer)}`,
  };
}

function accessLog({ request, key, uses }: PrivateCall): object {
  const logins = uses.filter(({ kind }) => kind === 'login').toReversed();
  const entries = [
    ...logins.map(({ atMs }) => ({ timestamp: Math.floor(atMs), result: 'success', ip: '198.51.100.23' })),
    { timestamp: Math.floor(key.createdAtMs), result: 'new_api_key', ip: '203.0.113.7' },
  ];
  const count = Number(request.query.get('count') ?? '10');
  const data = entries
    .slice(0, count)
    .map((entry, index) => ({ ...entry, id: 1_000 - index, country: 'Netherlands', city: 'Amsterdam' }));
  return { records_total: entries.length, data };
}

function summary([currency, free, locked]: readonly [string, string, string]): object {
  const equity = Number(free) + Number(locked);
  return {
    ...{ currency, equity, balance: equity, available_funds: Number(free), available_withdrawal_funds: Number(free) },
    ...{ maintenance_margin: Number(locked), initial_margin: Number(locked), margin_balance: equity },
    ...{ session_upl: 0, session_rpl: 0, total_pl: 0, delta_total: 0, portfolio_margining_enabled: false },
  };
}

function accountSummary(request: RestRequest): object {
  const wanted = request.query.get('currency');
  const row = BALANCES.find(([asset]) => asset === wanted) ?? (['BTC', '0', '0'] as const);
  const fee = (type: string): object => ({
    ...{ currency: row[0], instrument_type: type, fee_type: 'relative', maker_fee: 0, taker_fee: PERPETUAL_TAKER },
  });
  return { ...summary(row), fees: ['perpetual', 'future', 'option'].map(fee) };
}
