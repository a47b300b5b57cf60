import { type Answer, factsFrom, type KeyReader, newestUse, rowsOf, timeMs, truth, words } from './key-reader.js';

const TRADING = [
  'enableSpotAndMarginTrading',
  'enableMargin',
  'enableFutures',
  'enableVanillaOptions',
  'enablePortfolioMarginTrading',
  'enableFixApiTrade',
] as const;
const TRANSFERS = ['enableInternalTransfer', 'permitsUniversalTransfer'] as const;

/** GET /sapi/v1/account/apiRestrictions: which rights a key has and whether it is bound to addresses, not to which. */
export const binanceKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('sapiGetAccountApiRestrictions');
    if (truth(answer['enableReading']) === null) return null;
    const trade = rightsOf(answer, TRADING);
    const transfer = rightsOf(answer, TRANSFERS);
    const withdraw = truth(answer['enableWithdrawals']);
    const ipRestricted = truth(answer['ipRestrict']);
    return factsFrom('GET /sapi/v1/account/apiRestrictions', {
      scopes: {
        read: truth(answer['enableReading']),
        trade: trade.isGranted,
        withdraw,
        transfer: transfer.isGranted,
      },
      ipRestricted,
      createdAtMs: timeMs(answer['createTime']),
      expiresAtMs: timeMs(answer['tradingAuthorityExpirationTime']),
      evidence: {
        read: `enableReading: ${String(answer['enableReading'])}`,
        trade: trade.seen,
        withdraw: `enableWithdrawals: ${String(withdraw)}`,
        transfer: transfer.seen,
        ip: `ipRestrict: ${String(ipRestricted)}`,
        created: `createTime: ${String(answer['createTime'])}`,
        expires: `tradingAuthorityExpirationTime: ${String(answer['tradingAuthorityExpirationTime'])}`,
      },
    });
  },
  /**
   * Withdrawals of the last 90 days and orders that rest now: both for a key that reads, and without a symbol. Orders
   * that were filled at once, and transfers, are told per symbol and per kind only: they are not asked for
   * (https://developers.binance.com/docs/wallet/capital/withdraw-history).
   */
  uses: async (ask, sinceMs) => {
    const withdrawals = newestUse(listed(await ask('sapiGetCapitalWithdrawHistory')), sinceMs, {
      ...{ kind: 'withdrawal', source: 'GET /sapi/v1/capital/withdraw/history' },
      atMs: ({ applyTime }) => (typeof applyTime === 'string' ? timeMs(`${applyTime.replace(' ', 'T')}Z`) : null),
      seen: (row) => words(row, ['coin', 'amount', 'applyTime', 'network', 'status']),
    });
    const orders = newestUse(listed(await ask('privateGetOpenOrders')), sinceMs, {
      ...{ kind: 'order', source: 'GET /api/v3/openOrders' },
      atMs: ({ time }) => timeMs(time),
      seen: (row) => words(row, ['symbol', 'side', 'type', 'origQty', 'price', 'time']),
    });
    return [...withdrawals, ...orders];
  },
};

// A list that comes as the whole answer arrives as an object with the places as names.
function listed(answer: Answer): readonly Answer[] {
  return rowsOf(Object.values(answer));
}

/** Whether any of several switches is on, null when the answer holds none of them, with those that decide. */
function rightsOf(answer: Answer, names: readonly string[]): { isGranted: boolean | null; seen: string } {
  const told = names.filter((name) => truth(answer[name]) !== null);
  const on = told.filter((name) => truth(answer[name]) === true);
  const seen = (on.length > 0 ? on : told).map((name) => `${name}: ${String(answer[name])}`).join(', ');
  return { isGranted: told.length === 0 ? null : on.length > 0, seen: seen || `${names.join(', ')}: not told` };
}
