import { createHmac } from 'node:crypto';
import type { AccountRegistry, AccountUse, ApiKey } from '../accounts/account-registry.js';
import { BALANCES } from '../accounts/balances.js';
import { isAddressAllowed, isExpired, isSameSignature, plainAddress } from '../accounts/key-access.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { PROFILES } from '../world/exchange-profile.js';
import { okxError, okxOk } from './okx-reply.js';

type Answer = (request: RestRequest, key: ApiKey, market: ExchangeMarket, uses: readonly AccountUse[]) => RestReply;

/** A request older or newer than this is refused. */
const MOST_CLOCK_DIFFERENCE_MS = 30_000;
const RATES = PROFILES.okx;
/** Networks as okx names them. */
const CHAINS = {
  ...{ BTC: 'Bitcoin', ETH: 'ERC20', SOL: 'Solana', XRP: 'Ripple' },
  ...{ ADA: 'Cardano', DOGE: 'Dogecoin', LTC: 'Litecoin', TRX: 'TRC20' },
} as const;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/api/v5/account/trade-fee': (request, _key, market) => tradeFee(request, market),
  '/api/v5/account/config': (_request, key) => okxOk([config(key)]),
  '/api/v5/account/balance': (request) => okxOk([balance(request)]),
  '/api/v5/asset/balances': () => okxOk(BALANCES.map(fundingRow)),
  '/api/v5/trade/orders-history': (_request, _key, _market, uses) => okxOk(orders(uses)),
  '/api/v5/asset/withdrawal-history': (_request, _key, _market, uses) => okxOk(withdrawals(uses)),
  '/api/v5/asset/bills': (_request, _key, _market, uses) => okxOk(bills(uses)),
  '/api/v5/asset/currencies': (request, _key, market) => okxOk(currencies(request.query.get('ccy'), market)),
};

/** Answers the signed endpoints; null when the path is none of them. */
export function okxSigned(request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry): RestReply | null {
  const answer = ANSWERS[request.path];
  if (!answer) return null;
  const key = authenticate(request, accounts);
  if ('status' in key) return key;
  if (!key.scopes.read) {
    return okxError(401, '50120', "This API key doesn't have permission to use this function");
  }
  return answer(request, key, market, accounts.usesOf(key));
}

function authenticate(request: RestRequest, accounts: AccountRegistry): ApiKey | RestReply {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const given = header('ok-access-key');
  const passphrase = header('ok-access-passphrase');
  const timestamp = header('ok-access-timestamp');
  if (given === '') return okxError(401, '50103', 'Request header "OK-ACCESS-KEY" can not be empty.');
  if (passphrase === '') return okxError(401, '50104', 'Request header "OK-ACCESS-PASSPHRASE" can not be empty.');
  const sentMs = Date.parse(timestamp);
  if (!Number.isFinite(sentMs)) return okxError(401, '50112', 'Invalid OK-ACCESS-TIMESTAMP');
  if (Math.abs(sentMs - request.nowMs) > MOST_CLOCK_DIFFERENCE_MS) {
    return okxError(401, '50102', 'Timestamp request expired');
  }
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given))
    return okxError(401, '50111', 'Invalid OK-ACCESS-KEY');
  const key = accounts.find('okx', given);
  if (!key || isExpired(key, request.nowMs)) return okxError(401, '50119', "API key doesn't exist");
  const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`;
  const payload = `${timestamp}${request.method}${request.path}${query}${request.body}`;
  const expected = createHmac('sha256', key.secret).update(payload).digest('base64');
  if (!isSameSignature(header('ok-access-sign'), expected)) return okxError(401, '50113', 'Invalid Sign');
  if (passphrase !== key.passphrase) {
    return okxError(401, '50105', 'Request header "OK-ACCESS-PASSPHRASE" incorrect.');
  }
  if (!isAddressAllowed(key, request.remoteAddress)) {
    const address = plainAddress(request.remoteAddress);
    return okxError(401, '50110', `Your IP ${address} is not included in your API key's IP whitelist.`);
  }
  accounts.touch(key, request.nowMs);
  return key;
}

function tradeFee(request: RestRequest, market: ExchangeMarket): RestReply {
  const wanted = request.query.get('instId');
  if (request.query.get('instType') !== 'SPOT') return okxError(400, '51000', 'Parameter instType error');
  if (wanted !== null && !market.find(wanted)) {
    return okxError(200, '51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
  }
  // A fee that is paid is negative here.
  const taker = String(-RATES.accountTakerBps / 10_000);
  const maker = String(-RATES.accountMakerBps / 10_000);
  return okxOk([
    {
      ...{ category: '1', delivery: '', exercise: '', fiat: [], instType: 'SPOT', isSpecial: '0', level: 'Lv2' },
      ...{ maker, makerU: '', makerUSDC: maker, taker, takerU: '', takerUSDC: taker, ruleType: 'normal' },
      ts: String(Math.floor(request.nowMs)),
    },
  ]);
}

function config(key: ApiKey): object {
  const { read, trade, withdraw } = key.scopes;
  const perm = [read && 'read_only', trade && 'trade', withdraw && 'withdraw'].filter((word) => word !== false);
  return {
    ...{ acctLv: '2', acctStpMode: 'cancel_maker', autoLoan: false, ctIsoMode: 'automatic', enableSpotBorrow: false },
    ...{ greeksType: 'PA', ip: key.ipList.join(','), kycLv: '3', label: key.label, level: 'Lv2', levelTmp: '' },
    ...{ liquidationGear: '-1', mainUid: '44705892343619584', mgnIsoMode: 'automatic', opAuth: '0' },
    ...{ perm: perm.join(','), posMode: 'long_short_mode', roleType: '0', spotOffsetType: '', spotRoleType: '0' },
    ...{ spotTraderInsts: [], traderInsts: [], type: '0', uid: '44705892343619584' },
  };
}

// Lists come newest first.
function rows<T>(uses: readonly AccountUse[], kind: AccountUse['kind'], row: (time: string, index: number) => T): T[] {
  const meant = uses.filter((use) => use.kind === kind);
  return meant.map(({ atMs }, index) => row(String(Math.floor(atMs)), index)).reverse();
}

function orders(uses: readonly AccountUse[]): readonly object[] {
  return rows(uses, 'order', (time, index) => ({
    ...{ instType: 'SPOT', instId: 'BTC-USDT', ordId: String(index + 1), clOrdId: '', side: 'buy', ordType: 'market' },
    ...{ sz: '0.1', accFillSz: '0.1', avgPx: '10000', state: 'filled', cTime: time, uTime: time },
  }));
}

function withdrawals(uses: readonly AccountUse[]): readonly object[] {
  return rows(uses, 'withdrawal', (ts, index) => ({
    ...{ ccy: 'BTC', chain: 'BTC-Bitcoin', amt: '0.4', fee: '0.0002', from: '', to: '1F5zVDgNjorJ51oGebSvNCrSAHpw' },
    ...{ state: '2', txId: '', wdId: String(index + 1), ts },
  }));
}

// A withdrawal is a bill as well as a line of its own list.
function bills(uses: readonly AccountUse[]): readonly object[] {
  const types: Partial<Record<AccountUse['kind'], string>> = { transfer: '130', withdrawal: '2' };
  return uses
    .flatMap(({ kind, atMs }, index) => {
      const type = types[kind];
      const row = { billId: String(index + 1), ccy: 'BTC', balChg: '-0.1', bal: '1', clientId: '', notes: '' };
      return type === undefined ? [] : [{ ...row, type, ts: String(Math.floor(atMs)) }];
    })
    .reverse();
}

function fundingRow([asset, free, locked]: readonly [string, string, string]): object {
  return { availBal: free, bal: sum(free, locked), ccy: asset, frozenBal: locked };
}

function sum(free: string, locked: string): string {
  return (Number(free) + Number(locked)).toFixed(8);
}

function balance(request: RestRequest): object {
  const uTime = String(Math.floor(request.nowMs));
  return {
    ...{ adjEq: '', borrowFroz: '', imr: '', isoEq: '0', mgnRatio: '', mmr: '', notionalUsd: '', ordFroz: '' },
    ...{ totalEq: '', upl: '', uTime },
    details: BALANCES.map(([asset, free, locked]) => ({
      ...{ availBal: free, availEq: free, cashBal: sum(free, locked), ccy: asset, crossLiab: '', disEq: '' },
      ...{ eq: sum(free, locked), eqUsd: '', fixedBal: '0', frozenBal: locked, interest: '', isoEq: '0' },
      ...{ liab: '', maxLoan: '', mgnRatio: '', notionalLever: '0', ordFrozen: locked, upl: '0', uTime },
    })),
  };
}

function currencies(ccy: string | null, market: ExchangeMarket): readonly object[] {
  const wanted = ccy?.split(',') ?? null;
  return market.coins
    .filter((asset) => wanted?.includes(asset.code) ?? true)
    .flatMap((asset) =>
      asset.networks.map((network, index) => ({
        ...{ ccy: asset.code, chain: `${asset.code}-${CHAINS[network.code]}`, name: asset.code, logoLink: '' },
        ...{
          canDep: network.deposit,
          canWd: network.withdraw,
          canInternal: true,
          mainNet: index === 0,
          needTag: network.code === 'XRP',
        },
        ...{ fee: network.withdrawFee, minFee: network.withdrawFee, maxFee: network.withdrawFee, burningFeeRate: '' },
        ...{ minWd: network.withdrawMin, maxWd: '9999999', minDep: '0.00001', minInternal: '0.00001' },
        ...{ wdTickSz: '8', wdQuota: '10000000', usedWdQuota: '0', depQuotaFixed: '', depQuoteDailyLayer2: '' },
        ...{ minDepArrivalConfirm: '2', minWdUnlockConfirm: '6', usedDepQuotaFixed: '' },
        ctAddr: network.contract ?? '',
      })),
    );
}
