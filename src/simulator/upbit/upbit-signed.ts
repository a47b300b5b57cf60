import { createHash, createHmac } from 'node:crypto';
import type { AccountRegistry, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';

/** Fee of every account, as a share. */
const FEE = '0.0005';
/** A key lives for a year from its making, unless it was ended before. */
const YEAR_MS = 365 * 86_400_000;
/** Seoul has no summer time. */
const SEOUL_OFFSET_MS = 9 * 3_600_000;
const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

const ANSWERS: Readonly<Record<string, (request: RestRequest, key: ApiKey) => RestReply>> = {
  '/v1/api_keys': (_request, key) => ok([OTHER_KEY, { access_key: key.apiKey, expire_at: seoulTime(endOf(key)) }]),
  '/v1/accounts': (_request, key) => readable(key, () => ok(BALANCES.map(balanceRow))),
  '/v1/orders/chance': (request, key) => readable(key, () => chance(request)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function upbitSigned(
  request: RestRequest,
  _market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  accounts.touch(key, request.nowMs);
  return answer(request, key);
}

// A JWT signed with the secret as it is; no time stands in it, and a query is covered by its SHA-512.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const token = tokenOf(request);
  if (!token) return refusal('no_authorization_token', 'Authorization token is missing.');
  const payload = decoded(token.body);
  const key = accounts.find('upbit', String(payload['access_key']));
  if (!key) return refusal('invalid_access_key', '잘못된 엑세스 키입니다.');
  if (!isSigned(token, key)) return refusal('jwt_verification', 'Jwt 토큰 검증에 실패했습니다.');
  if (isExpired({ ...key, expiresAtMs: endOf(key) }, request.nowMs)) {
    return refusal('expired_access_key', 'This key has expired.');
  }
  if (!isAddressAllowed(key, request.remoteAddress)) {
    return refusal('no_authorization_ip', 'This is not a verified IP.');
  }
  if (isQueryCovered(request, payload['query_hash'])) return key;
  return refusal('invalid_query_payload', 'Jwt의 query를 검증하는데 실패하였습니다.');
}

interface Token {
  readonly head: string;
  readonly body: string;
  readonly signature: string;
}

function tokenOf({ headers }: RestRequest): Token | null {
  const given = /^Bearer ([^.]+)\.([^.]+)\.([^.]+)$/.exec(headers.authorization ?? '');
  if (!given) return null;
  const [, head = '', body = '', signature = ''] = given;
  return { head, body, signature };
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  return parseObject(Buffer.from(part, 'base64url').toString('utf8')) ?? {};
}

function isSigned({ head, body, signature }: Token, { secret }: ApiKey): boolean {
  const hash = HASHES[String(decoded(head)['alg'])];
  if (hash === undefined) return false;
  return isSameSignature(signature, createHmac(hash, secret).update(`${head}.${body}`).digest('base64url'));
}

function isQueryCovered({ rawQuery }: RestRequest, given: unknown): boolean {
  if (rawQuery === '') return given === undefined;
  const digest = createHash('sha512').update(decodeURIComponent(rawQuery)).digest('hex');
  return given === digest;
}

function readable(key: ApiKey, answer: () => RestReply): RestReply {
  return key.scopes.read ? answer() : refusal('out_of_scope', '권한이 부족합니다.');
}

function refusal(name: string, message: string): RestReply {
  return { status: 401, body: { error: { name, message } } };
}

function ok(body: unknown): RestReply {
  return { status: 200, body };
}

function endOf(key: ApiKey): number {
  return key.expiresAtMs ?? key.createdAtMs + YEAR_MS;
}

/** Another key of the account, which ended long ago. */
const OTHER_KEY = { access_key: 'another-key-of-the-account', expire_at: '2021-01-12T13:25:50+09:00' };

function seoulTime(timeMs: number): string {
  return `${new Date(timeMs + SEOUL_OFFSET_MS).toISOString().slice(0, 19)}+09:00`;
}

function balanceRow([currency, balance, locked]: readonly [string, string, string]): object {
  return { currency, balance, locked, avg_buy_price: '0', avg_buy_price_modified: true, unit_currency: 'KRW' };
}

function chance(request: RestRequest): RestReply {
  const id = request.query.get('market') ?? '';
  const [quote = '', base = ''] = id.split('-');
  const account = (currency: string): object => ({ currency, balance: '0', locked: '0', unit_currency: 'KRW' });
  return ok({
    ...{ bid_fee: FEE, ask_fee: FEE, maker_bid_fee: FEE, maker_ask_fee: FEE },
    market: { id, name: `${base}/${quote}`, order_types: ['limit'], order_sides: ['ask', 'bid'], state: 'active' },
    ...{ bid_account: account(quote), ask_account: account(base) },
  });
}
