import { factsFrom, fields, type KeyReader, timeMs } from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

/**
 * GET /v1/api_keys: the keys of the account and when each ends, which needs no right; then a read of the balance, since
 * upbit tells no rights.
 */
export const upbitKey: KeyReader = {
  read: async (ask, { isOurs }) => {
    const keys: unknown = await ask('privateGetApiKeys');
    const row = (Array.isArray(keys) ? keys.map(fields) : []).find((each) => isOurs(each['access_key']));
    if (!row) return null;
    const balance = await whereAllowed('upbit', () => ask('privateGetAccounts'));
    return factsFrom('GET /v1/api_keys', {
      scopes: { read: balance !== null },
      expiresAtMs: timeMs(row['expire_at']),
      evidence: {
        read: `a read of the balance was ${balance === null ? 'refused: out_of_scope' : 'answered'}`,
        expires: `expire_at: ${String(row['expire_at'])}`,
      },
      sources: { read: 'GET /v1/accounts' },
    });
  },
};
