import type { KeyUse } from '../../contract/ports.js';
import {
  boundTo,
  factsFrom,
  fields,
  type KeyReader,
  label,
  newestUse,
  rowsOf,
  texts,
  timeMs,
  words,
} from './key-reader.js';

const SECONDS = 1_000;
const READING = ['query-funds', 'query-open-trades', 'query-closed-trades', 'query-ledger', 'export-data'];
const TRADING = ['modify-trades', 'close-trades'];
const WITHDRAWAL = ['withdraw-funds', 'add-withdraw-address', 'update-withdraw-address'];
/** Moves funds between the spot account and earning products. */
const EARNING = ['earn-funds'];

/** What a line of the ledger tells of: whoever trades, buys, converts, withdraws or transfers leaves one. */
const LEDGER_KINDS: readonly (readonly [KeyUse['kind'], readonly string[]])[] = [
  ['order', ['trade', 'margin', 'sale', 'spend', 'receive', 'conversion']],
  ['withdrawal', ['withdrawal']],
  ['transfer', ['transfer']],
];

/** POST /0/private/GetApiKeyInfo: rights, addresses, creation, expiry and last use; needs no right itself. */
export const krakenKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('privatePostGetApiKeyInfo');
    const result = fields(answer['result']);
    const rights = texts(result['permissions']);
    if (rights === null) return null;
    const granted = (names: readonly string[]): string[] => rights.filter((right) => names.includes(right));
    const bound = boundTo(texts(result['ipAllowlist']));
    const seen = (names: readonly string[]): string => `permissions: ${granted(names).join(', ') || 'none of them'}`;
    return factsFrom('POST /0/private/GetApiKeyInfo', {
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
        created: `createdTime: ${label(result['createdTime']) ?? 'not told'}`,
        expires: `validUntil: ${label(result['validUntil']) ?? 'none'}`,
        lastUsed: `lastUsed: ${label(result['lastUsed']) ?? 'not told'}`,
        label: `apiKeyName: ${label(result['apiKeyName']) ?? 'none'}`,
      },
    });
  },
  /** The newest 50 lines of the ledger since a time; needs the right to query the ledger. */
  uses: async (ask, sinceMs) => {
    const answer = await ask('privatePostLedgers', { start: Math.floor(sinceMs / SECONDS) - 1 });
    const lines = rowsOf(Object.values(fields(fields(answer['result'])['ledger'])));
    return LEDGER_KINDS.flatMap(([kind, types]) =>
      newestUse(lines, sinceMs, {
        ...{ kind, source: 'POST /0/private/Ledgers' },
        atMs: ({ type, time }) => (types.includes(String(type)) ? timeMs(time, SECONDS) : null),
        seen: (row) => words(row, ['type', 'subtype', 'asset', 'amount', 'time']),
      }),
    );
  },
};
