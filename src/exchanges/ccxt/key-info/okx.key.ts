import { boundTo, fields, type KeyReader, label } from './key-reader.js';

/** GET /api/v5/account/config: `perm`, `ip` and `label` of the key that asks; neither creation nor expiry. */
export const okxKey: KeyReader = {
  endpoint: 'privateGetAccountConfig',
  read: (answer) => {
    const rows = answer['data'];
    const row = fields(Array.isArray(rows) ? rows[0] : undefined);
    const perm = row['perm'];
    if (typeof perm !== 'string') return null;
    const rights = perm.split(',').map((right) => right.trim());
    const ip = typeof row['ip'] === 'string' ? row['ip'] : null;
    const seen = `perm: ${perm}`;
    const withdraw = rights.includes('withdraw');
    return {
      scopes: {
        read: rights.includes('read_only') || rights.includes('trade') || withdraw,
        trade: rights.includes('trade'),
        withdraw,
        // Moving funds between the account's own parts belongs to the trade right alone
        // (https://www.okx.com/docs-v5/en/#funding-account-rest-api-funds-transfer).
        transfer: rights.includes('trade'),
      },
      ...boundTo(ip?.split(',') ?? null),
      createdAtMs: null,
      expiresAtMs: null,
      lastUsedAtMs: null,
      label: label(row['label']),
      evidence: {
        read: seen,
        trade: seen,
        withdraw: seen,
        transfer: seen,
        ip: `ip: ${ip === '' ? 'none' : (ip ?? 'not told')}`,
      },
    };
  },
};
