import { createPublicKey, verify } from 'node:crypto';
import type { AccountRegistry, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import { PROFILES } from '../world/exchange-profile.js';

interface Call {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly accounts: AccountRegistry;
}

type Answer = (call: Call) => RestReply;

const RATES = PROFILES.coinbase;
const PORTFOLIO = '7c7e8a9e-4b1f-5f5c-9a60-0d1b6a6ec0f1';
/** The longest life of a token: it is refused afterwards. */
const TOKEN_LIFE_SECONDS = 120;
/** How far a token's beginning may lie ahead of the exchange's clock. */
const LEEWAY_SECONDS = 5;
const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };
/** Whatever is wrong with a token. */
const UNAUTHORIZED: RestReply = { status: 401, body: 'Unauthorized\n', headers: PLAIN };
const FORBIDDEN: RestReply = {
  status: 403,
  body: {
    error: 'PERMISSION_DENIED',
    error_details: 'Missing required scopes',
    message: 'Missing required scopes',
  },
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/api/v3/brokerage/key_permissions': ({ key }) => ok(permissions(key)),
  '/api/v3/brokerage/accounts': (call) => readable(call, () => ok(brokerageAccounts())),
  '/api/v3/brokerage/transaction_summary': (call) => readable(call, () => ok(transactionSummary())),
  '/api/v3/brokerage/orders/historical/batch': (call) => readable(call, () => ok(orders(call))),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function coinbaseSigned(
  request: RestRequest,
  _market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if (!key) return UNAUTHORIZED;
  accounts.touch(key, request.nowMs);
  return answer({ request, key, accounts });
}

type Part = Readonly<Record<string, unknown>>;

/** What a request carries in place of a key: a JWT over its method, host and path. */
interface Token {
  readonly header: Part;
  readonly payload: Part;
  /** What is signed, and the signature. */
  readonly signed: string;
  readonly signature: string;
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | null {
  const token = tokenOf(request);
  const name = token.payload['sub'];
  const key = typeof name === 'string' && token.header['kid'] === name ? accounts.find('coinbase', name) : null;
  if (!key || isExpired(key, request.nowMs) || !isSigned(token, key)) return null;
  if (!isTimely(token.payload, request.nowMs) || !isForThis(token.payload['uri'], request)) return null;
  return isAddressAllowed(key, request.remoteAddress) ? key : null;
}

function tokenOf({ headers }: RestRequest): Token {
  const text = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [header = '', payload = '', signature = ''] = text.split('.');
  return { header: partOf(header), payload: partOf(payload), signed: `${header}.${payload}`, signature };
}

function isSigned({ header, signed, signature }: Token, { secret }: ApiKey): boolean {
  if (header['alg'] !== 'ES256') return false;
  const key = { key: createPublicKey(secret), dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
}

function partOf(text: string): Part {
  return parseObject(Buffer.from(text, 'base64url').toString('utf8')) ?? {};
}

function isTimely({ nbf, exp }: Part, nowMs: number): boolean {
  const nowSeconds = nowMs / 1_000;
  const begin = Number(nbf);
  const end = Number(exp);
  return begin <= nowSeconds + LEEWAY_SECONDS && end > nowSeconds && end - begin <= TOKEN_LIFE_SECONDS;
}

// A client that goes through a gateway signs the gateway's address in front of the exchange's host.
function isForThis(uri: unknown, { method, host, path }: RestRequest): boolean {
  if (typeof uri !== 'string' || !uri.startsWith(`${method} `)) return false;
  const address = uri.slice(method.length + 1);
  return address === `${host}${path}` || address.endsWith(`/${host}${path}`);
}

function readable({ key }: Call, answer: () => RestReply): RestReply {
  return key.scopes.read ? answer() : FORBIDDEN;
}

function ok(body: object): RestReply {
  return { status: 200, body };
}

function permissions({ scopes: { read, trade, withdraw, transfer } }: ApiKey): object {
  return {
    ...{ can_view: read, can_trade: trade, can_transfer: withdraw || transfer },
    ...{ portfolio_uuid: PORTFOLIO, portfolio_type: 'DEFAULT' },
  };
}

function brokerageAccounts(): object {
  const accounts = BALANCES.map(([currency, free, locked], index) => ({
    ...{ uuid: `00000000-0000-5000-8000-${String(index).padStart(12, '0')}`, name: `${currency} Wallet`, currency },
    available_balance: { value: free, currency },
    ...{ default: index === 0, active: true, created_at: '2024-03-05T09:12:44.110Z', deleted_at: null },
    ...{ type: 'ACCOUNT_TYPE_CRYPTO', ready: true, hold: { value: locked, currency } },
    ...{ retail_portfolio_id: PORTFOLIO, platform: 'ACCOUNT_PLATFORM_CONSUMER' },
  }));
  return { accounts, has_next: false, cursor: '', size: accounts.length };
}

function transactionSummary(): object {
  const rate = (bps: number): string => String(bps / 10_000);
  return {
    ...{ total_volume: 0, total_fees: 0, advanced_trade_only_volume: 0, advanced_trade_only_fees: 0 },
    fee_tier: {
      ...{ pricing_tier: 'Advanced 3', usd_from: '10000', usd_to: '50000', aop_from: '', aop_to: '' },
      ...{ taker_fee_rate: rate(RATES.accountTakerBps), maker_fee_rate: rate(RATES.accountMakerBps) },
    },
    ...{ margin_rate: null, goods_and_services_tax: null, coinbase_pro_volume: 0, coinbase_pro_fees: 0 },
    ...{ total_balance: '', has_promo_fee: false },
  };
}

function orders({ request, key, accounts }: Call): object {
  const sinceMs = Date.parse(request.query.get('start_date') ?? '') || 0;
  const limit = Number(request.query.get('limit') ?? '1000');
  const rows = accounts
    .usesOf(key)
    .filter(({ kind, atMs }) => kind === 'order' && atMs >= sinceMs)
    .map(({ atMs }, index) => ({
      ...{
        order_id: `00000000-0000-4000-9000-${String(index).padStart(12, '0')}`,
        product_id: 'BTC-USD',
        side: 'SELL',
      },
      ...{ status: 'FILLED', created_time: new Date(atMs).toISOString(), time_in_force: 'IMMEDIATE_OR_CANCEL' },
      ...{ completion_percentage: '100', filled_size: '0.01', average_filled_price: '84000', order_type: 'MARKET' },
    }));
  return { orders: rows.reverse().slice(0, limit), sequence: '0', has_next: false, cursor: '' };
}
