import { createHmac } from 'node:crypto';
import type { AccountRegistry, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject } from '../wire/json.js';
import { PROFILES } from '../world/exchange-profile.js';

type Fields = Readonly<Record<string, unknown>>;

const RATES = PROFILES.cryptocom;
const ROOT = '/exchange/v1/';
/** A nonce that differs by more is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 60_000;

const ANSWERS: Readonly<Record<string, (params: Fields, market: ExchangeMarket) => object | null>> = {
  'private/user-balance': () => ({ data: [userBalance()] }),
  'private/get-fee-rate': () => ({
    ...{ spot_tier: '1', deriv_tier: '1' },
    ...{ effective_spot_maker_rate_bps: String(RATES.accountMakerBps) },
    ...{ effective_spot_taker_rate_bps: String(RATES.accountTakerBps) },
    ...{ effective_deriv_maker_rate_bps: '1.5', effective_deriv_taker_rate_bps: '3' },
  }),
  'private/get-instrument-fee-rate': instrumentFees,
  'private/get-currency-networks': (_params, market) => ({ currency_map: currencies(market) }),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function cryptocomSigned(
  request: RestRequest,
  market: ExchangeMarket,
  accounts: AccountRegistry,
): RestReply | null {
  const method = request.path.slice(ROOT.length);
  const answer = request.path.startsWith(ROOT) ? ANSWERS[method] : undefined;
  if (!answer) return null;
  const call = parseObject(request.body) ?? {};
  const refuse = (status: number, code: number, message: string): RestReply => {
    return { status, body: { id: Number(call['id'] ?? -1), method, code, message } };
  };
  const key = authenticate(request, method, call, accounts, refuse);
  if ('status' in key) return key;
  accounts.touch(key, request.nowMs);
  // A missing right is not told from a missing key.
  if (!key.scopes.read) return refuse(401, 40101, 'UNAUTHORIZED');
  const result = answer(paramsOf(call), market);
  if (!result) return refuse(400, 40004, 'Invalid instrument_name');
  return { status: 200, body: { id: Number(call['id']), method, code: 0, result } };
}

type Refuse = (status: number, code: number, message: string) => RestReply;

// sig = HMAC-SHA256 of method, id, api key, parameters by name and nonce, one after another, in hex.
function authenticate(
  request: RestRequest,
  method: string,
  call: Fields,
  accounts: AccountRegistry,
  refuse: Refuse,
): ApiKey | RestReply {
  const { id, nonce, api_key: apiKey, sig } = call;
  const key = typeof apiKey === 'string' ? accounts.find('cryptocom', apiKey) : null;
  if (!key || isExpired(key, request.nowMs)) return refuse(401, 40101, 'UNAUTHORIZED');
  if (!(Math.abs(Number(nonce) - request.nowMs) <= MOST_CLOCK_DIFFERENCE_MS)) {
    return refuse(400, 40102, 'INVALID_NONCE');
  }
  const params = Object.entries(paramsOf(call)).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = params.map(([name, value]) => `${name}${String(value)}`).join('');
  const expected = createHmac('sha256', key.secret)
    .update(`${method}${String(id)}${key.apiKey}${text}${String(nonce)}`)
    .digest('hex');
  if (!isSameSignature(String(sig), expected)) return refuse(401, 40101, 'UNAUTHORIZED');
  return isAddressAllowed(key, request.remoteAddress) ? key : refuse(401, 40103, 'IP_ILLEGAL');
}

function paramsOf(call: Fields): Fields {
  return isObject(call['params']) ? call['params'] : {};
}

function userBalance(): object {
  return {
    ...{ instrument_name: 'USD', total_available_balance: '12540.22', total_cash_balance: '12540.22' },
    ...{ total_margin_balance: '12540.22', total_initial_margin: '0', total_maintenance_margin: '0' },
    ...{ position_limit: '3000000', used_position_limit: '0', total_borrow: '0', is_liquidating: false },
    position_balances: BALANCES.map(([asset, free, locked]) => ({
      ...{ instrument_name: asset, quantity: (Number(free) + Number(locked)).toFixed(8), reserved_qty: locked },
      ...{ market_value: '0', collateral_amount: '0', collateral_weight: '0.9', max_withdrawal_balance: free },
    })),
  };
}

function instrumentFees(params: Fields, market: ExchangeMarket): object | null {
  const name = String(params['instrument_name']);
  if (!market.find(name)) return null;
  return {
    ...{ instrument_name: name, effective_maker_rate_bps: String(RATES.accountMakerBps) },
    ...{ effective_taker_rate_bps: String(RATES.accountTakerBps) },
  };
}

function currencies(market: ExchangeMarket): object {
  return Object.fromEntries(
    market.coins.map(({ code, networks }) => [
      code,
      {
        ...{ full_name: code, default_network: networks[0]?.code },
        network_list: networks.map((network) => ({
          ...{ network_id: network.code, confirmation_required: 12, min_withdrawal_amount: network.withdrawMin },
          ...{ withdrawal_fee: network.withdrawFee, withdraw_enabled: network.withdraw },
          deposit_enabled: network.deposit,
        })),
      },
    ]),
  );
}
