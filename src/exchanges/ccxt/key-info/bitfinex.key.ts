import type { KeyUse } from '../../contract/ports.js';
import { type Answer, type Ask, factsFrom, type KeyReader, rowsOf, timeMs } from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

const READ = 1;
const WRITE = 2;
/** Scopes whose write right places or changes orders, positions or loans. */
const TRADING = ['orders', 'positions', 'funding'];
const WITHDRAWAL = ['withdraw', 'ui_withdraw'];
/** Of movements: deposits are among them. */
const MOST_MOVEMENTS = 25;
/** The ledger's number for transfers between wallets. */
const TRANSFERS = 51;

/**
 * Read and write rights by scope, of the key that asks; neither addresses, name, age, end nor last use
 * (https://docs.bitfinex.com/reference/key-permissions).
 */
export const bitfinexKey: KeyReader = {
  read: async (ask) => {
    const rows = rowsOf(await ask('privatePostAuthRPermissions'));
    const told = new Map(rows.map((row) => [String(row['0']), row]));
    if (![...told.keys()].some((scope) => TRADING.includes(scope))) return null;
    const right = (scopes: readonly string[], way: typeof READ | typeof WRITE): boolean | null => {
      const known = scopes.map((scope) => told.get(scope)).filter((row) => row !== undefined);
      return known.length === 0 ? null : known.some((row) => Number(row[way]) === 1);
    };
    const seen = (scopes: readonly string[]): string =>
      scopes
        .map((scope) => {
          const row = told.get(scope);
          return row ? `${scope}: read ${String(row[READ])}, write ${String(row[WRITE])}` : `${scope}: not told`;
        })
        .join('; ');
    return factsFrom('POST /v2/auth/r/permissions', {
      scopes: {
        // Balances need the one, the account's fees the other.
        read: right(['wallets', 'account'], READ),
        trade: right(TRADING, WRITE),
        withdraw: right(WITHDRAWAL, WRITE),
        // "Wallets: … with an option of transferring between your wallets" (bitfinex's help on making a key).
        transfer: right(['wallets'], WRITE),
      },
      evidence: {
        read: seen(['wallets', 'account']),
        trade: seen(TRADING),
        withdraw: seen(WITHDRAWAL),
        transfer: seen(['wallets']),
      },
    });
  },
  uses: async (ask, start) => [
    ...(await newestLogin(ask, start)),
    ...(await newestOrder(ask, start)),
    ...(await newestWithdrawal(ask, start)),
    ...(await newestTransfer(ask, start)),
  ],
};

/** Fields by position: https://docs.bitfinex.com/reference/rest-auth-logins-hist */
async function newestLogin(ask: Ask, start: number): Promise<KeyUse[]> {
  const rows = await since(ask, 'privatePostAuthRLoginsHist', { start, limit: 1 }, 2);
  return rows.map(([atMs, row]) => use('login', atMs, `IP: ${String(row['4'])}`, '/v2/auth/r/logins/hist'));
}

/** https://docs.bitfinex.com/reference/rest-auth-orders-history; two weeks are kept. */
async function newestOrder(ask: Ask, start: number): Promise<KeyUse[]> {
  const rows = await since(ask, 'privatePostAuthROrdersHist', { start, limit: 1 }, 4);
  return rows.map(([atMs, row]) =>
    use('order', atMs, `${String(row['8'])} ${String(row['3'])}: ${String(row['7'])}`, '/v2/auth/r/orders/hist'),
  );
}

/** https://docs.bitfinex.com/reference/rest-auth-movements: negative amounts are withdrawals. */
async function newestWithdrawal(ask: Ask, start: number): Promise<KeyUse[]> {
  const rows = await since(ask, 'privatePostAuthRMovementsHist', { start, limit: MOST_MOVEMENTS }, 5);
  const [newest] = rows.filter(([, row]) => Number(row['12']) < 0);
  if (!newest) return [];
  const [atMs, row] = newest;
  const seen = `${String(row['12'])} ${String(row['1'])}, ${String(row['9'])}`;
  return [use('withdrawal', atMs, seen, '/v2/auth/r/movements/hist')];
}

/** https://docs.bitfinex.com/reference/rest-auth-ledgers */
async function newestTransfer(ask: Ask, start: number): Promise<KeyUse[]> {
  const rows = await since(ask, 'privatePostAuthRLedgersHist', { start, limit: 1, category: TRANSFERS }, 3);
  return rows.map(([atMs, row]) => use('transfer', atMs, String(row['8']), '/v2/auth/r/ledgers/hist'));
}

function use(kind: KeyUse['kind'], atMs: number, seen: string, path: string): KeyUse {
  return { kind, atMs, seen, source: `POST ${path}` };
}

/** Rows since a time, newest first; none where the key may not read them. */
async function since(
  ask: Ask,
  endpoint: string,
  parameters: { readonly start: number; readonly limit: number; readonly category?: number },
  timeAt: number,
): Promise<(readonly [number, Answer])[]> {
  const answer = await whereAllowed('bitfinex', () => ask(endpoint, parameters));
  const timed = rowsOf(answer).flatMap((row) => {
    const atMs = timeMs(row[String(timeAt)]);
    return atMs === null || atMs < parameters.start ? [] : [[atMs, row] as const];
  });
  return timed.sort(([a], [b]) => b - a);
}
