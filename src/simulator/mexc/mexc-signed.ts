import { createHmac } from 'node:crypto';
import type { AccountRegistry, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature, plainAddress } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import type { WalletAsset } from '../world/wallets.js';

const RATES = PROFILES.mexc;
/** A request may be older by so much, when it does not say itself. */
const USUAL_WINDOW_MS = 5_000;
/** Networks as mexc names them, where otherwise than here. */
const NETWORKS: Readonly<Record<string, string>> = { ETH: 'ERC20', TRX: 'TRC20' };

const ANSWERS: Readonly<Record<string, (request: RestRequest, market: ExchangeMarket) => RestReply>> = {
  'GET /api/v3/account': () => ok(account()),
  'GET /api/v3/tradeFee': tradeFee,
  'GET /api/v3/capital/config/getall': (_request, market) => ok(market.coins.map(coin)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function mexcSigned(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply | null {
  const answer = ANSWERS[`${request.method} ${request.path}`];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  accounts.touch(key, request.nowMs);
  return key.scopes.read ? answer(request, market) : refusal(700_007, 'No permission to access the endpoint.');
}

// signature = HMAC-SHA256 of the query before it, in hex.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const given = request.headers['x-mexc-apikey'];
  if (typeof given !== 'string' || given === '') return refusal(400, 'api key required');
  const key = accounts.find('mexc', given);
  if (!key) return refusal(10_072, 'Api key info invalid');
  if (isExpired(key, request.nowMs)) return refusal(402, 'API Key expired');
  if (!isTimely(request)) {
    return refusal(700_003, 'Timestamp for this request is outside of the recvWindow.');
  }
  const [payload = '', signature = ''] = request.rawQuery.split('&signature=');
  const expected = createHmac('sha256', key.secret).update(payload).digest('hex');
  if (!isSameSignature(signature, expected)) return refusal(700_002, 'Signature for this request is not valid.');
  if (!isAddressAllowed(key, request.remoteAddress)) {
    return refusal(700_006, `IP [${plainAddress(request.remoteAddress)}] not in the ip white list`);
  }
  return key;
}

function isTimely({ query, nowMs }: RestRequest): boolean {
  const timestamp = Number(query.get('timestamp') ?? NaN);
  const window = Number(query.get('recvWindow') ?? USUAL_WINDOW_MS);
  return timestamp < nowMs + 1_000 && nowMs - timestamp <= window;
}

function refusal(code: number, msg: string): RestReply {
  return { status: 400, body: { code, msg } };
}

function ok(body: unknown): RestReply {
  return { status: 200, body };
}

/** What the account may do, whatever the key that asks: its rights are told nowhere. */
function account(): object {
  return {
    ...{ canTrade: true, canWithdraw: true, canDeposit: true, updateTime: null, accountType: 'SPOT' },
    balances: BALANCES.map(([asset, free, locked]) => ({ asset, free, locked, available: free })),
    permissions: ['SPOT'],
  };
}

function tradeFee(request: RestRequest, market: ExchangeMarket): RestReply {
  if (!market.find(request.query.get('symbol') ?? '')) return refusal(10_007, 'bad symbol');
  const data = {
    makerCommission: RATES.accountMakerBps / 10_000,
    takerCommission: RATES.accountTakerBps / 10_000,
  };
  return ok({ data, code: 0, msg: 'success', timestamp: Math.floor(request.nowMs) });
}

function coin(asset: WalletAsset): object {
  return {
    ...{ coin: asset.code, name: asset.code },
    networkList: asset.networks.map((network) => {
      const name = asset.code === network.code ? network.code : (NETWORKS[network.code] ?? network.code);
      return {
        ...{ coin: asset.code, name: asset.code, network: name, netWork: network.code, depositDesc: null },
        ...{ depositEnable: network.deposit, withdrawEnable: network.withdraw, minConfirm: 6, sameAddress: false },
        ...{ withdrawFee: network.withdrawFee, withdrawMin: network.withdrawMin, withdrawMax: '9999999' },
        ...{ withdrawIntegerMultiple: null, contract: network.contract ?? '' },
      };
    }),
  };
}
