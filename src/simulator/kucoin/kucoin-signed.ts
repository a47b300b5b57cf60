import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature, plainAddress } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import { failure, reply } from './kucoin-rest.js';

interface Call {
  readonly request: RestRequest;
  readonly key: ApiKey;
  readonly market: ExchangeMarket;
  readonly accounts: AccountRegistry;
}

type Answer = (call: Call) => RestReply;

/** A request older or newer than this is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 5_000;
const UID = 165_111_215;
const RATES = PROFILES.kucoin;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/api/v1/user/api-key': ({ key }) => reply(keyInfo(key)),
  '/api/ua/v1/account/mode': () => reply({ selfAccountMode: 'CLASSIC', subAccountMode: [] }),
  '/api/v1/accounts': ({ request }) => reply(balances(request)),
  '/api/v1/trade-fees': tradeFees,
  '/api/v1/withdrawals': (call) => reply(paged(usesOf(call, 'withdrawal').map(withdrawalRow))),
  '/api/v1/accounts/ledgers': (call) => reply(paged(usesOf(call, 'transfer').map(ledgerRow))),
  '/api/v1/hf/accounts/ledgers': (call) => reply(usesOf(call, 'order').map(ledgerRow)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function kucoinSigned(
  request: RestRequest,
  market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = request.host === 'api.kucoin.com' ? ANSWERS[request.path] : undefined;
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  if (!key.scopes.read) return failure(403, '400007', 'Access denied, require more permission.');
  return answer({ request, key, market, accounts });
}

// KC-API-SIGN: HMAC-SHA256 of time, method, path with query and body, base64; the passphrase is signed in the same way.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[`kc-api-${name}`];
    return typeof value === 'string' ? value : '';
  };
  const [given, timestamp, sign, passphrase] = [
    header('key'),
    header('timestamp'),
    header('sign'),
    header('passphrase'),
  ];
  if ([given, timestamp, sign, passphrase].includes('')) {
    return failure(401, '400001', 'Please check the header of your request for KC-API-KEY, KC-API-SIGN and others.');
  }
  if (!(Math.abs(Number(timestamp) - request.nowMs) <= MOST_CLOCK_DIFFERENCE_MS)) {
    return failure(401, '400002', 'KC-API-TIMESTAMP Invalid');
  }
  const key = accounts.find('kucoin', given);
  if (!key || isExpired(key, request.nowMs)) return failure(401, '400003', 'KC-API-KEY not exists');
  const signed = (text: string): string => createHmac('sha256', key.secret).update(text).digest('base64');
  const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`;
  if (!isSameSignature(sign, signed(`${timestamp}${request.method}${request.path}${query}${request.body}`))) {
    return failure(401, '400005', 'Invalid KC-API-SIGN');
  }
  if (!isSameSignature(passphrase, signed(key.passphrase ?? ''))) {
    return failure(401, '400004', 'Invalid KC-API-PASSPHRASE');
  }
  if (!isAddressAllowed(key, request.remoteAddress)) {
    const address = plainAddress(request.remoteAddress);
    return failure(403, '400006', `Invalid request ip, the current clientIp is:${address}`);
  }
  accounts.touch(key, request.nowMs);
  return key;
}

function keyInfo({ apiKey, label, scopes, ipList, createdAtMs }: ApiKey): object {
  const { read, trade, transfer, withdraw } = scopes;
  const rights = [read && 'General', trade && 'Spot', transfer && 'InnerTransfer', withdraw && 'Transfer'];
  return {
    ...{ remark: label, apiKey, apiVersion: 3, permission: rights.filter((right) => right !== false).join(',') },
    ...{ ipWhitelist: ipList.map(hidden).join(','), createdAt: Math.floor(createdAtMs), uid: UID, isMaster: true },
  };
}

/** An address as kucoin shows it: the middle is hidden. */
function hidden(address: string): string {
  const parts = address.split('.');
  return [parts[0], '**', parts.at(-1)].join('.');
}

function balances({ query }: RestRequest): object[] {
  const wanted = query.get('type') ?? 'trade';
  return BALANCES.map(([currency, available, holds], index) => ({
    ...{ id: `5bd6e9286d99522a52e458${String(index).padStart(2, '0')}`, currency, type: wanted, available, holds },
    balance: (Number(available) + Number(holds)).toFixed(8),
  }));
}

function tradeFees({ request, market }: Call): RestReply {
  const symbols = (request.query.get('symbols') ?? '').split(',');
  if (symbols.some((symbol) => !market.find(symbol))) return failure(400, '400100', 'symbol not exists');
  const rate = (bps: number): string => String(bps / 10_000);
  return reply(
    symbols.map((symbol) => ({
      ...{ symbol, takerFeeRate: rate(RATES.accountTakerBps), makerFeeRate: rate(RATES.accountMakerBps) },
    })),
  );
}

/** Newest first, as all of kucoin's lists are. */
function usesOf({ request, key, accounts }: Call, kind: AccountUse['kind']): readonly AccountUse[] {
  const sinceMs = Number(request.query.get('startAt') ?? '0');
  const uses = accounts.usesOf(key).filter((use) => use.kind === kind && use.atMs >= sinceMs);
  return uses.reverse().slice(0, Number(request.query.get('pageSize') ?? request.query.get('limit') ?? '50'));
}

function paged(items: readonly object[]): object {
  return { currentPage: 1, pageSize: 50, totalNum: items.length, totalPage: 1, items };
}

function withdrawalRow({ atMs }: AccountUse, index: number): object {
  return {
    ...{
      id: `5c2dc64e03aa675aa263f1${String(index).padStart(2, '0')}`,
      currency: 'USDT',
      chain: 'trx',
      status: 'SUCCESS',
    },
    ...{ address: 'TXm3o1Pz2Ue8cJbZ4yQpQn5sPyPqg7b7aR', memo: '', isInner: false, amount: '120', fee: '1' },
    ...{ walletTxId: '', createdAt: Math.floor(atMs), updatedAt: Math.floor(atMs), remark: '' },
  };
}

function ledgerRow({ kind, atMs }: AccountUse, index: number): object {
  const isOrder = kind === 'order';
  return {
    ...{ id: `611a1e7c6a053300067a88${String(index).padStart(2, '0')}`, currency: 'USDT', amount: '10.00059547' },
    ...{ fee: '0', balance: '0', accountType: isOrder ? 'TRADE_HF' : 'MAIN', direction: 'out', context: '' },
    ...{ bizType: isOrder ? 'TRADE_EXCHANGE' : 'Transfer' },
    // The list of trades has its times as texts.
    createdAt: isOrder ? String(Math.floor(atMs)) : Math.floor(atMs),
  };
}
