import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';

/** A call by a key that has been verified. */
interface PrivateCall {
  readonly key: ApiKey;
  readonly uses: readonly AccountUse[];
  readonly nowMs: number;
}

/** Fees of every account, bps. */
const TAKER_BPS = 30;
const MAKER_BPS = 15;

const ANSWERS: Readonly<Record<string, (call: PrivateCall) => RestReply>> = {
  '/v1/roles': ({ key }) => ok(roles(key)),
  '/v1/account': (call) => ok(account(call)),
  '/v1/balances': (call) => readable(call, () => ok(BALANCES.map(balanceRow))),
  '/v1/notionalvolume': (call) => readable(call, () => ok(fees(call))),
  '/v1/transfers': (call) => readable(call, () => ok(call.uses.flatMap(transferRow).reverse())),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function geminiSigned(
  request: RestRequest,
  _market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  accounts.touch(key, request.nowMs);
  return answer({ key, uses: accounts.usesOf(key), nowMs: request.nowMs });
}

// X-GEMINI-SIGNATURE = HMAC-SHA384 of the payload, which is base64 of a JSON object with request and nonce, in hex.
function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const payload = header('x-gemini-payload');
  if (header('x-gemini-apikey') === '') return refusal(400, 'MissingApikeyHeader', "Must provide 'X-GEMINI-APIKEY'");
  if (payload === '') return refusal(400, 'MissingPayloadHeader', "Must provide 'X-GEMINI-PAYLOAD'");
  const fields = parseObject(Buffer.from(payload, 'base64').toString('utf8'));
  if (!fields) return refusal(400, 'InvalidJson', 'The JSON provided is invalid');
  if (fields['request'] !== request.path) {
    return refusal(400, 'EndpointMismatch', 'EndpointMismatch');
  }
  const key = accounts.find('gemini', header('x-gemini-apikey'));
  if (!key || isExpired(key, request.nowMs)) return refusal(400, 'InvalidApiKey', 'Invalid API key');
  const expected = createHmac('sha384', key.secret).update(payload).digest('hex');
  if (!isSameSignature(header('x-gemini-signature'), expected)) {
    return refusal(400, 'InvalidSignature', 'InvalidSignature');
  }
  // How gemini words this refusal is not documented.
  if (!isAddressAllowed(key, request.remoteAddress)) return refusal(400, 'InvalidApiKey', 'Invalid API key');
  const nonce = String(fields['nonce']);
  if (!/^\d{1,19}$/.test(nonce) || !accounts.takeNonce(key, BigInt(nonce))) {
    return refusal(400, 'InvalidNonce', `Nonce '${nonce}' has not increased since your last call to the Gemini API.`);
  }
  return key;
}

function refusal(status: number, reason: string, message: string): RestReply {
  return { status, body: { result: 'error', reason, message } };
}

function ok(body: unknown): RestReply {
  return { status: 200, body };
}

/** The auditor's role stands alone; a key that acts reads by its other roles. */
function roles({ scopes }: ApiKey): object {
  const isFundManager = scopes.withdraw || scopes.transfer;
  return { isAuditor: scopes.read && !scopes.trade && !isFundManager, isFundManager, isTrader: scopes.trade };
}

function readable({ key }: PrivateCall, answer: () => RestReply): RestReply {
  if (Object.values(roles(key)).includes(true)) return answer();
  const message =
    'To access this endpoint, you need to log in to the website and go to the settings page to assign one of these ' +
    `roles [Trader, FundManager, Auditor] to API key ${key.apiKey} which currently has roles []`;
  return refusal(403, 'MissingRole', message);
}

function account({ key, uses }: PrivateCall): object {
  const lastLogin = uses.findLast(({ kind }) => kind === 'login')?.atMs ?? key.createdAtMs;
  return {
    account: { accountName: 'Primary', shortName: 'primary', type: 'exchange', created: '1498245007981' },
    users: [
      {
        ...{ name: 'Simulated Owner', lastSignIn: new Date(lastLogin).toISOString(), status: 'Active' },
        ...{ countryCode: 'US', isVerified: true },
      },
    ],
    memo_reference_code: 'GEMPJBRDZ',
  };
}

function balanceRow([currency, free, locked]: readonly [string, string, string]): object {
  const amount = (Number(free) + Number(locked)).toFixed(8);
  return { type: 'exchange', currency, amount, available: free, availableForWithdrawal: free };
}

function fees({ nowMs }: PrivateCall): object {
  const fee = (channel: string): object => ({
    [`${channel}_maker_fee_bps`]: MAKER_BPS,
    [`${channel}_taker_fee_bps`]: TAKER_BPS,
    [`${channel}_auction_fee_bps`]: MAKER_BPS,
  });
  return {
    ...{ ...fee('web'), ...fee('api'), ...fee('fix'), block_maker_fee_bps: 0, block_taker_fee_bps: 50 },
    ...{ notional_30d_volume: 150.0, last_updated_ms: Math.floor(nowMs), notional_1d_volume: [] },
    date: new Date(nowMs).toISOString().slice(0, 10),
  };
}

function transferRow({ kind, atMs }: AccountUse, index: number): object[] {
  if (kind !== 'withdrawal') return [];
  return [
    {
      ...{ type: 'Withdrawal', status: 'Complete', timestampms: Math.floor(atMs), eid: 320_013_281 + index },
      ...{ currency: 'ETH', amount: '0.5', feeAmount: '0', destination: '0xe16c8fA53fA31D5A6b3c1F1e1c3E2D4D8fB4C5a1' },
    },
  ];
}
