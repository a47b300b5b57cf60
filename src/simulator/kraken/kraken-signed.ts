import { createHash, createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import { PROFILES } from '../world/exchange-profile.js';
import { assetId, pairAltName, pairId } from './kraken-pairs.js';
import { krakenError, krakenOk } from './kraken-reply.js';

const RATES = PROFILES.kraken;

/** A call with its arguments, by a key that has been verified. */
interface PrivateCall {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly form: Form;
  readonly market: ExchangeMarket;
  readonly lastUsedMs: number | null;
  /** What others did on the account, oldest first. */
  readonly uses: readonly AccountUse[];
}

type Form = ReadonlyMap<string, string>;

const ANSWERS: Readonly<Record<string, (call: PrivateCall) => RestReply>> = {
  '/0/private/Balance': (call) => readable(call, () => krakenOk(Object.fromEntries(BALANCES.map(totalRow)))),
  '/0/private/BalanceEx': (call) => readable(call, () => krakenOk(Object.fromEntries(BALANCES.map(extendedRow)))),
  '/0/private/TradeVolume': (call) => readable(call, () => tradeVolume(call)),
  '/0/private/Ledgers': (call) => readable(call, () => ledgers(call)),
  '/0/private/GetApiKeyInfo': keyInfo,
};

/** Answers the signed endpoints; null when the path is none of them. */
export function krakenSigned(
  request: RestRequest,
  market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  if (request.method !== 'POST') return krakenError('EGeneral:Invalid method');
  const form = readForm(request);
  const key = authenticate(request, form, accounts);
  if ('status' in key) return key;
  const lastUsedMs = accounts.touch(key, request.nowMs);
  return answer({ request, key, form, market, lastUsedMs, uses: accounts.usesOf(key) });
}

function readForm(request: RestRequest): Form {
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  if (!isJson) return new Map(new URLSearchParams(request.body));
  return new Map(Object.entries(parseObject(request.body) ?? {}).map(([name, value]) => [name, String(value)]));
}

// API-Sign = HMAC-SHA512 of (path + SHA256(nonce + body)) with the decoded secret, base64.
function authenticate(request: RestRequest, form: Form, accounts: AccountRegistry): ApiKey | RestReply {
  const given = request.headers['api-key'];
  const sign = request.headers['api-sign'];
  const key = typeof given === 'string' ? accounts.find('kraken', given) : null;
  if (!key || isExpired(key, request.nowMs)) return krakenError('EAPI:Invalid key');
  const nonce = form.get('nonce') ?? '';
  const digest = createHash('sha256')
    .update(nonce + request.body)
    .digest();
  const expected = createHmac('sha512', Buffer.from(key.secret, 'base64'))
    .update(Buffer.concat([Buffer.from(request.path), digest]))
    .digest('base64');
  if (typeof sign !== 'string' || !isSameSignature(sign, expected)) return krakenError('EAPI:Invalid signature');
  if (!isAddressAllowed(key, request.remoteAddress)) return krakenError('EAPI:Invalid key');
  if (!/^\d{1,19}$/.test(nonce) || !accounts.takeNonce(key, BigInt(nonce))) return krakenError('EAPI:Invalid nonce');
  return key;
}

function readable(call: PrivateCall, answer: () => RestReply): RestReply {
  return call.key.scopes.read ? answer() : krakenError('EGeneral:Permission denied');
}

function totalRow([asset, free, locked]: readonly [string, string, string]): [string, string] {
  return [assetId(asset), (Number(free) + Number(locked)).toFixed(8)];
}

function extendedRow(row: readonly [string, string, string]): [string, object] {
  const [id, balance] = totalRow(row);
  return [id, { balance, hold_trade: row[2] }];
}

function tradeVolume({ form, market }: PrivateCall): RestReply {
  const fees: Record<string, object> = {};
  const makerFees: Record<string, object> = {};
  const tier = { nextvolume: '25000000.0000', tiervolume: '5000000.0000' };
  for (const name of form.get('pair')?.split(',') ?? []) {
    const listing = market.books.find((b) => [pairId(b.listing), pairAltName(b.listing)].includes(name))?.listing;
    if (!listing) return krakenError('EQuery:Unknown asset pair');
    const row = (bps: number, most: number): object => ({
      ...{ fee: (bps / 100).toFixed(4), minfee: '0.0000', maxfee: (most / 100).toFixed(4), nextfee: '0.1200', ...tier },
    });
    fees[pairId(listing)] = row(RATES.accountTakerBps, RATES.publicTakerBps);
    makerFees[pairId(listing)] = row(RATES.accountMakerBps, RATES.publicMakerBps);
  }
  return krakenOk({ currency: 'ZUSD', volume: '6120341.2200', fees, fees_maker: makerFees });
}

// Lines after `start`, in seconds with fractions, the newest first.
function ledgers({ form, uses }: PrivateCall): RestReply {
  const types: Partial<Record<AccountUse['kind'], string>> = {
    ...{ order: 'trade', withdrawal: 'withdrawal', transfer: 'transfer' },
  };
  const startSeconds = Number(form.get('start') ?? 0);
  const lines = uses.flatMap(({ kind, atMs }, index) => {
    const type = types[kind];
    if (type === undefined || atMs / 1000 <= startSeconds) return [];
    const row = { refid: `TPHBYS-SKYOF-4ZDWR${index}`, time: atMs / 1000, type, subtype: '', aclass: 'currency' };
    return [[`L4UESK-KG3EQ-UFO4T${index}`, { ...row, asset: 'XXBT', amount: '-0.1', fee: '0', balance: '1' }] as const];
  });
  return krakenOk({ ledger: Object.fromEntries(lines.reverse()), count: lines.length });
}

function keyInfo({ key, form, lastUsedMs, request }: PrivateCall): RestReply {
  const { read, trade, withdraw, transfer } = key.scopes;
  const permissions = [
    ...(read ? ['query-funds', 'query-open-trades', 'query-closed-trades', 'query-ledger'] : []),
    ...(trade ? ['modify-trades', 'close-trades'] : []),
    ...(withdraw ? ['withdraw-funds'] : []),
    ...(transfer ? ['earn-funds'] : []),
  ];
  const seconds = (timeMs: number | null): string => String(Math.floor((timeMs ?? 0) / 1000));
  return krakenOk({
    ...{ apiKeyName: key.label, apiKey: key.apiKey, nonce: form.get('nonce') ?? '0', nonceWindow: 0, permissions },
    ...{ iban: 'AA34 N84G ULYW 4KXT', validUntil: seconds(key.expiresAtMs), queryFrom: '0', queryTo: '0' },
    ...{ createdTime: seconds(key.createdAtMs), modifiedTime: seconds(key.modifiedAtMs) },
    ...{ ipAllowlist: key.ipList, lastUsed: seconds(lastUsedMs ?? request.nowMs) },
  });
}
