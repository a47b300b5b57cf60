import { boundTo, fields, type KeyReader, label, texts, timeMs } from './key-reader.js';

const SECONDS = 1_000;
const READING = ['query-funds', 'query-open-trades', 'query-closed-trades', 'query-ledger', 'export-data'];
const TRADING = ['modify-trades', 'close-trades'];
const WITHDRAWAL = ['withdraw-funds', 'add-withdraw-address', 'update-withdraw-address'];
/** Moves funds between the spot account and earning products. */
const EARNING = ['earn-funds'];

/** POST /0/private/GetApiKeyInfo: rights, addresses, creation, expiry and last use; needs no right itself. */
export const krakenKey: KeyReader = {
  endpoint: 'privatePostGetApiKeyInfo',
  read: (answer) => {
    const result = fields(answer['result']);
    const rights = texts(result['permissions']);
    if (rights === null) return null;
    const granted = (names: readonly string[]): string[] => rights.filter((right) => names.includes(right));
    const bound = boundTo(texts(result['ipAllowlist']));
    const seen = (names: readonly string[]): string => `permissions: ${granted(names).join(', ') || 'none of them'}`;
    return {
      scopes: {
        read: granted(READING).length > 0,
        trade: granted(TRADING).length > 0,
        withdraw: granted(WITHDRAWAL).length > 0,
        // There is no right to transfer by name, and none is told to be missing: a transfer to the futures wallet asks
        // for the right to query alone (https://docs.kraken.com/api-reference/funding/request-wallet-transfer).
        transfer: granted(EARNING).length > 0 ? true : null,
      },
      ...bound,
      createdAtMs: timeMs(result['createdTime'], SECONDS),
      expiresAtMs: timeMs(result['validUntil'], SECONDS),
      lastUsedAtMs: timeMs(result['lastUsed'], SECONDS),
      label: label(result['apiKeyName']),
      evidence: {
        read: seen(READING),
        trade: seen(TRADING),
        withdraw: seen(WITHDRAWAL),
        transfer: seen(EARNING),
        ip: `ipAllowlist: ${bound.ipList === null ? 'not told' : bound.ipList.join(' ') || 'empty'}`,
        expires: `validUntil: ${label(result['validUntil']) ?? 'none'}`,
      },
    };
  },
};
