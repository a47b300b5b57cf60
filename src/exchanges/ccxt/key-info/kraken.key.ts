import { fields, type KeyReader, label, texts, timeMs } from './key-reader.js';

const SECONDS = 1_000;
const READING = ['query-funds', 'query-open-trades', 'query-closed-trades', 'query-ledger', 'export-data'];
const TRADING = ['modify-trades', 'close-trades'];
const WITHDRAWAL = ['withdraw-funds', 'add-withdraw-address', 'update-withdraw-address'];
const TRANSFERS = ['transfer-funds', 'wallet-transfer', 'earn-funds'];

/** POST /0/private/GetApiKeyInfo: rights, addresses, creation, expiry and last use; needs no right itself. */
export const krakenKey: KeyReader = {
  endpoint: 'privatePostGetApiKeyInfo',
  read: (answer) => {
    const result = fields(answer['result']);
    const rights = texts(result['permissions']);
    if (rights === null) return null;
    const granted = (names: readonly string[]): string[] => rights.filter((right) => names.includes(right));
    const ipList = texts(result['ipAllowlist']) ?? [];
    const seen = (names: readonly string[]): string => `permissions: ${granted(names).join(', ') || 'none of them'}`;
    return {
      scopes: {
        read: granted(READING).length > 0,
        trade: granted(TRADING).length > 0,
        withdraw: granted(WITHDRAWAL).length > 0,
        // kraken moves funds between its own products under the withdrawal right where no right of its own is named.
        transfer: granted(TRANSFERS).length > 0 || rights.includes('withdraw-funds'),
      },
      ipRestricted: ipList.length > 0,
      ipList,
      createdAtMs: timeMs(result['createdTime'], SECONDS),
      expiresAtMs: timeMs(result['validUntil'], SECONDS),
      lastUsedAtMs: timeMs(result['lastUsed'], SECONDS),
      label: label(result['apiKeyName']),
      evidence: {
        read: seen(READING),
        trade: seen(TRADING),
        withdraw: seen(WITHDRAWAL),
        transfer: seen([...TRANSFERS, 'withdraw-funds']),
        ip: `ipAllowlist: ${ipList.join(' ') || 'empty'}`,
        expires: `validUntil: ${label(result['validUntil']) ?? 'none'}`,
      },
    };
  },
};
