import {
  type Answer,
  type Ask,
  boundTo,
  factsFrom,
  fields,
  type KeyReader,
  label,
  newestUse,
  rowsOf,
  timeMs,
  words,
} from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

const TRADING = ['spot', 'margin', 'futures', 'trade'];
/** What kucoin calls a transfer sends funds out of the account (https://www.kucoin.com/docs-new/authentication). */
const WITHDRAWAL = ['transfer', 'withdrawal'];
/** Moves funds between the account's own parts, its sub-accounts and its earning products. */
const MOVING = ['innertransfer', 'flextransfers', 'transfer', 'earn'];
/** Rows looked at for the newest; the fewest that kucoin gives in one page. */
const ROWS = 10;

/** GET /api/v1/user/api-key: rights, addresses with a part of each hidden, creation and name; end where there is one. */
export const kucoinKey: KeyReader = {
  read: async (ask) => {
    const data = fields((await ask('privateGetUserApiKey'))['data']);
    const permission = data['permission'];
    if (typeof permission !== 'string') return null;
    const rights = permission.split(',').map((right) => right.trim().toLowerCase());
    const has = (names: readonly string[]): boolean => rights.some((right) => names.includes(right));
    const addresses = data['ipWhitelist'];
    const bound = boundTo(typeof addresses === 'string' ? addresses.split(',') : null);
    const seen = `permission: ${permission || 'none'}`;
    return factsFrom('GET /api/v1/user/api-key', {
      scopes: { read: has(['general']), trade: has(TRADING), withdraw: has(WITHDRAWAL), transfer: has(MOVING) },
      ...bound,
      createdAtMs: timeMs(data['createdAt']),
      expiresAtMs: timeMs(data['expiredAt']),
      label: label(data['remark']),
      evidence: {
        read: seen,
        trade: seen,
        withdraw: seen,
        transfer: seen,
        ip: `ipWhitelist: ${bound.ipList === null ? 'not told' : bound.ipList.join(' ') || 'empty'}`,
        created: `createdAt: ${timeMs(data['createdAt']) ?? 'not told'}`,
        expires: `expiredAt: ${timeMs(data['expiredAt']) ?? 'not told'}`,
        label: `remark: ${label(data['remark']) ?? 'none'}`,
      },
    });
  },
  uses: async (ask, sinceMs) => {
    const withdrawals = await rowsBy(ask, 'privateGetWithdrawals', { startAt: Math.floor(sinceMs), pageSize: ROWS });
    // Without a beginning the ledgers tell of the last day and of the last week; with one, of what came first after it.
    const transfers = await rowsBy(ask, 'privateGetAccountsLedgers', { bizType: 'TRANSFER', pageSize: ROWS });
    const trades = await rowsBy(ask, 'privateGetHfAccountsLedgers', { bizType: 'TRADE_EXCHANGE', limit: ROWS });
    return [
      ...newestUse(withdrawals, sinceMs, { kind: 'withdrawal', source: 'GET /api/v1/withdrawals', ...TOLD }),
      ...newestUse(transfers, sinceMs, { kind: 'transfer', source: 'GET /api/v1/accounts/ledgers', ...TOLD }),
      ...newestUse(trades, sinceMs, { kind: 'order', source: 'GET /api/v1/hf/accounts/ledgers', ...TOLD }),
    ];
  },
};

/** The rows of a page, or of a plain list; none where the key may not see them. */
async function rowsBy(ask: Ask, endpoint: string, parameters: object): Promise<readonly Answer[]> {
  const data = (await whereAllowed('kucoin', () => ask(endpoint, parameters)))?.['data'];
  return rowsOf(Array.isArray(data) ? data : fields(data)['items']);
}

const TOLD = {
  atMs: (row: Answer) => timeMs(row['createdAt']),
  seen: (row: Answer) => words(row, ['amount', 'currency', 'bizType', 'status']),
};
