import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import { PROFILES } from '../world/exchange-profile.js';
import { BITFINEX_CODES } from '../world/listings.js';

/** A request by a key that has been verified. */
interface SignedCall {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly uses: readonly AccountUse[];
}

interface Endpoint {
  readonly needsRead: boolean;
  readonly answer: (call: SignedCall) => unknown;
}

const RATES = PROFILES.bitfinex;

const reading = (answer: Endpoint['answer']): Endpoint => ({ needsRead: true, answer });

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/v2/auth/r/permissions': { needsRead: false, answer: ({ key }) => permissions(key) },
  '/v2/auth/r/wallets': reading(() => BALANCES.map(walletRow)),
  '/v2/auth/r/summary': reading(summary),
  '/v2/auth/r/logins/hist': reading((call) => newest(call, 'login').map(loginRow)),
  '/v2/auth/r/orders/hist': reading((call) => newest(call, 'order').map(orderRow)),
  '/v2/auth/r/movements/hist': reading((call) => newest(call, 'withdrawal').map(movementRow)),
  '/v2/auth/r/ledgers/hist': reading((call) => newest(call, 'transfer').map(ledgerRow)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function bitfinexSigned(
  request: RestRequest,
  _market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const endpoint = ENDPOINTS[request.path];
  if (!endpoint || request.method !== 'POST') return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  if (endpoint.needsRead && !key.scopes.read) return refuse(10_001, 'api_key: permission invalid');
  return { status: 200, body: endpoint.answer({ request, key, uses: accounts.usesOf(key) }) };
}

// bfx-signature = HMAC-SHA384 of ("/api" + path + nonce + body), hexadecimal.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const key = accounts.find('bitfinex', header('bfx-apikey'));
  if (!key || isExpired(key, request.nowMs)) return refuse(10_100, 'apikey: invalid');
  const nonce = header('bfx-nonce');
  const payload = `/api${request.path}${nonce}${request.body}`;
  const expected = createHmac('sha384', key.secret).update(payload).digest('hex');
  if (!isSameSignature(header('bfx-signature'), expected)) return refuse(10_100, 'apikey: digest invalid');
  if (!isAddressAllowed(key, request.remoteAddress)) return refuse(10_100, 'apikey: invalid');
  if (!/^\d{1,19}$/.test(nonce) || !accounts.takeNonce(key, BigInt(nonce))) return refuse(10_114, 'nonce: small');
  accounts.touch(key, request.nowMs);
  return key;
}

function refuse(code: number, text: string): RestReply {
  return { status: 500, body: ['error', code, text] };
}

function permissions({ scopes }: ApiKey): unknown[] {
  const flag = (isGranted: boolean): number => (isGranted ? 1 : 0);
  const [read, trade, withdraw, transfer] = [scopes.read, scopes.trade, scopes.withdraw, scopes.transfer].map(flag);
  return [
    ...[
      ['account', read, 0],
      ['history', read, 0],
    ],
    ...['orders', 'positions', 'funding'].map((scope) => [scope, read, trade]),
    ...[
      ['settings', 0, 0],
      ['wallets', read, transfer],
      ['withdraw', 0, withdraw],
      ['ui_withdraw', 0, 0],
      ['bfxpay', 0, 0],
    ],
  ];
}

function walletRow([asset, free, locked]: readonly [string, string, string]): unknown[] {
  const total = Number((Number(free) + Number(locked)).toFixed(8));
  return ['exchange', BITFINEX_CODES[asset] ?? asset, total, 0, Number(free), null, null];
}

function summary(): unknown[] {
  const [maker, taker] = [RATES.accountMakerBps / 10_000, RATES.accountTakerBps / 10_000];
  const fees = [
    [maker, maker, maker, null, null, 0.0002],
    [taker, taker, taker, null, null, 0.00065],
  ];
  const volume = [[{ curr: 'Total (USD)', vol: '0', vol_maker: '0' }], {}, 0];
  return [null, null, null, null, fees, volume, [null, {}, 0], null, null, { leo_lev: 0, leo_amount_avg: 0 }];
}

/** What others did of a kind since the asked time, newest first, as many as are asked for. */
function newest({ request, uses }: SignedCall, kind: AccountUse['kind']): AccountUse[] {
  const wanted = parseObject(request.body) ?? {};
  const rows = uses.filter((use) => use.kind === kind && use.atMs >= Number(wanted['start'] ?? 0)).reverse();
  return rows.slice(0, Number(wanted['limit'] ?? 25));
}

function loginRow({ atMs }: AccountUse, index: number): unknown[] {
  return [Math.floor(atMs) + index, null, Math.floor(atMs), null, '198.51.100.4', null, null, '{"user_agent":"other"}'];
}

/** A row of so many fields, empty but for some. */
function sparse(length: number, fields: Readonly<Record<number, unknown>>): unknown[] {
  return Array.from({ length }, (_, index) => fields[index] ?? null);
}

function orderRow({ atMs }: AccountUse): unknown[] {
  const at = Math.floor(atMs);
  const names = { 3: 'tBTCUST', 8: 'EXCHANGE MARKET', 13: 'EXECUTED @ 60000(-0.01)', 28: 'BFX' };
  return sparse(32, { ...names, 0: at, 2: at, 4: at, 5: at, 6: 0, 7: -0.01, 12: 0, 16: 60_000, 17: 60_000 });
}

function movementRow({ atMs }: AccountUse): unknown[] {
  const at = Math.floor(atMs);
  const names = { 1: 'UST', 2: 'TETHERUSX', 9: 'COMPLETED', 16: 'TRnN5ctkyXnWvYo9vGF1v8Xy5tV1nS5tGN' };
  return sparse(22, { ...names, 0: String(at), 5: at, 6: at, 12: '-400', 13: '-1' });
}

function ledgerRow({ atMs }: AccountUse): unknown[] {
  const at = Math.floor(atMs);
  const description = 'Transfer of 100.0 UST from wallet Exchange to Margin on wallet exchange';
  return [at, 'UST', 'exchange', at, null, -100, 12_440.22, null, description];
}
