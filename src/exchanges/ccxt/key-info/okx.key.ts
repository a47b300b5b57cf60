import { boundTo, factsFrom, fields, type KeyReader, label, newestUse, rowsOf, timeMs, words } from './key-reader.js';

/** Kinds of bills of the funding account that move money to or from a sub-account or the trading account. */
const TRANSFER_BILLS = new Set(['20', '21', '22', '23', '130', '131']);

/** GET /api/v5/account/config: `perm`, `ip` and `label` of the key that asks; neither creation nor expiry. */
export const okxKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('privateGetAccountConfig');
    const rows = answer['data'];
    const row = fields(Array.isArray(rows) ? rows[0] : undefined);
    const perm = row['perm'];
    if (typeof perm !== 'string') return null;
    const rights = perm.split(',').map((right) => right.trim());
    const ip = typeof row['ip'] === 'string' ? row['ip'] : null;
    const seen = `perm: ${perm}`;
    const withdraw = rights.includes('withdraw');
    return factsFrom('GET /api/v5/account/config', {
      scopes: {
        read: rights.includes('read_only') || rights.includes('trade') || withdraw,
        trade: rights.includes('trade'),
        withdraw,
        // Moving funds between the account's own parts belongs to the trade right alone
        // (https://www.okx.com/docs-v5/en/#funding-account-rest-api-funds-transfer).
        transfer: rights.includes('trade'),
      },
      ...boundTo(ip?.split(',') ?? null),
      label: label(row['label']),
      evidence: {
        read: seen,
        trade: seen,
        withdraw: seen,
        transfer: seen,
        ip: `ip: ${ip === '' ? 'none' : (ip ?? 'not told')}`,
        label: `label: ${label(row['label']) ?? 'none'}`,
      },
    });
  },
  /** Orders of the last 7 days, withdrawals, and the bills of the funding account; each for a key that reads. */
  uses: async (ask, sinceMs) => {
    const orders = await ask('privateGetTradeOrdersHistory', { instType: 'SPOT' });
    const withdrawals = await ask('privateGetAssetWithdrawalHistory');
    const bills = await ask('privateGetAssetBills');
    return [
      ...newestUse(rowsOf(orders['data']), sinceMs, {
        ...{ kind: 'order', source: 'GET /api/v5/trade/orders-history' },
        atMs: ({ cTime }) => timeMs(cTime),
        seen: (row) => words(row, ['instId', 'side', 'ordType', 'sz', 'state', 'cTime']),
      }),
      ...newestUse(rowsOf(withdrawals['data']), sinceMs, {
        ...{ kind: 'withdrawal', source: 'GET /api/v5/asset/withdrawal-history' },
        atMs: ({ ts }) => timeMs(ts),
        seen: (row) => words(row, ['ccy', 'amt', 'chain', 'state', 'ts']),
      }),
      ...newestUse(rowsOf(bills['data']), sinceMs, {
        ...{ kind: 'transfer', source: 'GET /api/v5/asset/bills' },
        atMs: ({ type, ts }) => (TRANSFER_BILLS.has(String(type)) ? timeMs(ts) : null),
        seen: (row) => words(row, ['ccy', 'balChg', 'type', 'ts']),
      }),
    ];
  },
};
