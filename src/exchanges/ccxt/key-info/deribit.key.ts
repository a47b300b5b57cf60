import { type Answer, boundTo, factsFrom, fields, type KeyReader, label, texts, timeMs } from './key-reader.js';

/** Newest entries of the access log that are looked through. */
const MOST_ENTRIES = 100;

/**
 * GET private/list_api_keys: every key of the account, of which the one that asks is picked. The answer may hold the
 * secrets of all of them, which are gone before it is read here.
 *
 * What a scope allows: https://docs.deribit.com/articles/access-scope. Withdrawals and transfers both belong to
 * `wallet:read_write`.
 */
export const deribitKey: KeyReader = {
  read: async (ask, { isOurs }) => {
    const answer = await ask('privateGetListApiKeys');
    const row = rows(answer['result']).find((each) => isOurs(each['client_id']));
    if (!row || typeof row['max_scope'] !== 'string') return null;
    const scope = row['max_scope'];
    const scopes = scope.split(/\s+/);
    const writes = (name: string): boolean => scopes.includes(`${name}:read_write`);
    const bound = boundTo(texts(row['ip_whitelist']));
    const seen = `max_scope: ${scope}`;
    return factsFrom('GET private/list_api_keys', {
      scopes: {
        read: scopes.includes('account:read') || writes('account'),
        trade: writes('trade') || writes('block_trade') || writes('block_rfq'),
        withdraw: writes('wallet'),
        transfer: writes('wallet'),
      },
      ...bound,
      createdAtMs: timeMs(row['timestamp']),
      label: label(row['name']),
      evidence: {
        read: seen,
        trade: seen,
        withdraw: seen,
        transfer: seen,
        ip: `ip_whitelist: ${bound.ipList === null ? 'not told' : bound.ipList.join(' ') || 'empty'}`,
        created: `timestamp: ${String(row['timestamp'])}`,
        label: `name: ${label(row['name']) ?? 'none'}`,
      },
    });
  },
  uses: async (ask, sinceMs) => {
    const answer = await ask('privateGetGetAccessLog', { offset: 0, count: MOST_ENTRIES });
    const entries = rows(fields(answer['result'])['data']);
    const logins = entries.flatMap((entry) => {
      const atMs = timeMs(entry['timestamp']);
      // `success` is a login; all others tell of changes to the account, or of logins that failed.
      if (eventOf(entry) !== 'success' || atMs === null || atMs < sinceMs) return [];
      const seen = `success from ${String(entry['ip'])}, ${String(entry['city'])}, ${String(entry['country'])}`;
      return [{ kind: 'login' as const, atMs, seen, source: 'GET private/get_access_log' }];
    });
    return logins.sort((a, b) => b.atMs - a.atMs).slice(0, 1);
  },
};

/** deribit's examples name the field otherwise than its schema does. */
function eventOf(entry: Answer): unknown {
  return entry['result'] ?? entry['log'];
}

function rows(value: unknown): Answer[] {
  return Array.isArray(value) ? value.map(fields) : [];
}
