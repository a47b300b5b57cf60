import type { KeyFacts } from '../../contract/ports.js';
import {
  type Answer,
  type Ask,
  boundTo,
  factsFrom,
  type KeyReader,
  label,
  newestUse,
  rowsOf,
  texts,
  timeMs,
  truth,
  words,
} from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

const KEYS = 'GET /api/v4/account/main_keys';
const DETAIL = 'GET /api/v4/account/detail';
const SECONDS = 1_000;
/** Rows looked at for the newest. */
const ROWS = 10;
/** Areas that are read for the fees and the balances; gate has no right to read without an area. */
const READING = ['wallet', 'spot', 'unified'];
/** Areas in which a right to write places orders, borrows or copies the orders of others. */
const TRADING = [
  ...['spot', 'margin', 'futures', 'delivery', 'options', 'unified'],
  ...['loan', 'copy', 'pilot', 'otc', 'alpha', 'crossx'],
];
/**
 * gate names no area for withdrawals alone and says of its keys that they withdraw; what moves funds out is the wallet
 * (https://www.gate.com/help/guide/faq/17521/how-to-utilize-api).
 */
const WITHDRAWAL = ['wallet', 'withdraw', 'withdrawal', 'custody'];
/** Move funds between the account's own parts, its sub-accounts and its earning products. */
const MOVING = ['wallet', 'earn', 'custody'];

interface Perm {
  readonly name: string;
  readonly canWrite: boolean;
}

/**
 * GET /account/main_keys: every key of the main account with its rights, addresses, age and last use, ours among them by
 * the part of it that is shown. Where it is not told, GET /account/detail still tells the addresses.
 */
export const gateKey: KeyReader = {
  read: async (ask, asker) => {
    const keys = rowsOf(await whereAllowed('gate', () => ask('privateAccountGetMainKeys')));
    const ours = keys.filter((row) => asker.isOurs(row['key']));
    const [row] = ours;
    const perms = row && permsOf(row);
    // Two keys that look alike in what is shown of them may have different rights.
    return row && perms && ours.length === 1 ? factsOf(row, perms) : addressesAlone(ask);
  },
  uses: async (ask, sinceMs) => {
    const from = Math.floor(sinceMs / SECONDS);
    const rows = async (endpoint: string): Promise<readonly Answer[]> =>
      rowsOf(await whereAllowed('gate', () => ask(endpoint, { from, limit: ROWS })));
    const withdrawals = await rows('privateWalletGetWithdrawals');
    const transfers = await rows('privateWalletGetSubAccountTransfers');
    const trades = await rows('privateSpotGetMyTrades');
    // Times are whole seconds: what was done in the second of `sinceMs` may be told twice, and is never missed.
    const sinceSecondMs = from * SECONDS;
    const source = (path: string): string => `GET /api/v4/${path}`;
    return [
      ...newestUse(withdrawals, sinceSecondMs, { kind: 'withdrawal', source: source('wallet/withdrawals'), ...MOVED }),
      ...newestUse(transfers, sinceSecondMs, {
        ...{ kind: 'transfer', source: source('wallet/sub_account_transfers') },
        ...MOVED,
      }),
      ...newestUse(trades, sinceSecondMs, { kind: 'order', source: source('spot/my_trades'), ...TRADED }),
    ];
  },
};

const MOVED = {
  atMs: (row: Answer) => timeMs(row['timestamp'] ?? row['timest'], SECONDS),
  seen: (row: Answer) => words(row, ['amount', 'currency']),
};
const TRADED = {
  atMs: (row: Answer) => timeMs(row['create_time'], SECONDS),
  seen: (row: Answer) => words(row, ['side', 'amount', 'currency_pair']),
};

function permsOf(row: Answer): readonly Perm[] | null {
  if (!Array.isArray(row['perms'])) return null;
  return rowsOf(row['perms']).map((perm) => ({
    name: label(perm['name']) ?? '?',
    // Where it is not said that the right only reads, it writes.
    canWrite: truth(perm['read_only']) !== true,
  }));
}

function factsOf(row: Answer, perms: readonly Perm[]): KeyFacts {
  const written = ({ name, canWrite }: Perm): string => `${name} ${canWrite ? 'read and write' : 'read only'}`;
  const all = `perms: ${perms.map(written).join(', ') || 'none'}`;
  const has = (names: readonly string[], isWriting: boolean): boolean =>
    perms.some(({ name, canWrite }) => names.includes(name) && (canWrite || !isWriting));
  const bound = boundTo(texts(row['ip_whitelist']));
  const createdAtMs = timeMs(row['created_at'], SECONDS);
  const lastUsedAtMs = timeMs(row['last_access'], SECONDS);
  return factsFrom(KEYS, {
    scopes: {
      read: has(READING, false),
      trade: has(TRADING, true),
      withdraw: has(WITHDRAWAL, true),
      transfer: has(MOVING, true),
    },
    ...{ ...bound, createdAtMs, lastUsedAtMs, label: label(row['name']) },
    evidence: {
      ...{ read: all, trade: all, withdraw: all, transfer: all },
      ip: `ip_whitelist: ${addressesIn(bound.ipList)}`,
      created: `created_at: ${createdAtMs === null ? 'not told' : new Date(createdAtMs).toISOString()}`,
      lastUsed: `last_access: ${lastUsedAtMs === null ? 'not told' : new Date(lastUsedAtMs).toISOString()}`,
      label: `name: ${label(row['name']) ?? 'none'}`,
    },
  });
}

/** What is told of a key that the list of keys does not show: one of a sub-account, or without a right to the account. */
async function addressesAlone(ask: Ask): Promise<KeyFacts | null> {
  const answer = await ask('privateAccountGetDetail');
  const bound = boundTo(texts(answer['ip_whitelist']));
  if (bound.ipList === null) return null;
  return factsFrom(DETAIL, {
    ...{ scopes: {}, ...bound },
    evidence: { ip: `ip_whitelist: ${addressesIn(bound.ipList)}` },
  });
}

function addressesIn(ipList: readonly string[] | null): string {
  return ipList === null ? 'not told' : ipList.join(' ') || 'empty';
}
