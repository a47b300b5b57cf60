import type { KeyFacts, KeyUse } from '../../contract/ports.js';
import {
  type Answer,
  type Ask,
  boundTo,
  factsFrom,
  fields,
  type KeyReader,
  label,
  texts,
  timeMs,
} from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

const CLASSIC = 'GET /api/v2/spot/account/info';
const UNIFIED = 'GET /api/v3/account/info';

/** Codes that end with `r` read, those with `w` write; the words are what the page's own example answers. */
const CLASSIC_RIGHTS = {
  read: ['readonly', 'stor', 'stow'],
  trade: ['trade', 'coow', 'cpow', 'stow', 'smow', 'ttow', 'p2p', 'p2pw', 'pllw'],
  withdraw: ['withdraw', 'wwow'],
  transfer: ['transfer', 'wtow'],
} as const;

/**
 * What `read-and-write` adds to each permission of a unified account; its management moves funds between accounts
 * (https://www.bitget.com/api-doc/uta/account/transfer).
 */
const UNIFIED_RIGHTS = {
  trade: ['uta_trade', 'copy_futures_position', 'copy_futures_order'],
  withdraw: ['withdraw'],
  transfer: ['uta_mgt', 'copy_futures_order'],
} as const;

/** How a classic call is refused where the account is a unified one. */
const IS_UNIFIED = '"code":"40085"';

/**
 * Rights and addresses of the key that asks, as the account is a classic or a unified one; neither age, end nor name:
 * `regisTime` is the account's (https://www.bitget.com/api-doc/spot/account/Get-Account-Info,
 * https://www.bitget.com/api-doc/uta/account/Get-Account-Info).
 */
export const bitgetKey: KeyReader = {
  read: async (ask) => {
    try {
      return classicFacts(await ask('privateSpotGetV2SpotAccountInfo'));
    } catch (error) {
      if (!isUnified(error)) throw error;
      return unifiedFacts(await ask('privateUtaGetV3AccountInfo'));
    }
  },
  uses: async (ask, sinceMs) => {
    const kinds = [await orders(ask), await bills(ask, 'withdraw'), await bills(ask, 'transfer')];
    return kinds.flat().filter(({ atMs }) => atMs >= sinceMs);
  },
};

function classicFacts(answer: Answer): KeyFacts | null {
  const data = fields(answer['data']);
  const rights = texts(data['authorities']);
  if (rights === null) return null;
  const granted = (scope: keyof typeof CLASSIC_RIGHTS): boolean =>
    CLASSIC_RIGHTS[scope].some((right) => rights.includes(right));
  const seen = `authorities: ${rights.join(', ') || 'none'}`;
  return factsFrom(CLASSIC, {
    scopes: {
      read: granted('read'),
      trade: granted('trade'),
      withdraw: granted('withdraw'),
      transfer: granted('transfer'),
    },
    ...addresses(data),
    evidence: { read: seen, trade: seen, withdraw: seen, transfer: seen, ip: addressesSeen(data) },
  });
}

function unifiedFacts(answer: Answer): KeyFacts | null {
  const data = fields(answer['data']);
  const type = data['permType'];
  const rights = texts(data['permissions']);
  if (typeof type !== 'string' || rights === null) return null;
  // Written in several ways: `read-only` and `readonly`, `read-and-write` and `read_write`.
  const isReadOnly = /^read[-_]?only$/.test(type);
  const granted = (scope: keyof typeof UNIFIED_RIGHTS): boolean =>
    !isReadOnly && UNIFIED_RIGHTS[scope].some((right) => rights.includes(right));
  const seen = `permType: ${type}, permissions: ${rights.join(', ') || 'none'}`;
  return factsFrom(UNIFIED, {
    scopes: {
      read: rights.some((right) => right.startsWith('uta_')),
      trade: granted('trade'),
      withdraw: granted('withdraw'),
      transfer: granted('transfer'),
    },
    ...addresses(data),
    evidence: { read: seen, trade: seen, withdraw: seen, transfer: seen, ip: addressesSeen(data) },
  });
}

function addresses(data: Answer): ReturnType<typeof boundTo> {
  return boundTo(typeof data['ips'] === 'string' ? data['ips'].split(',') : null);
}

function addressesSeen(data: Answer): string {
  return `ips: ${typeof data['ips'] === 'string' ? data['ips'] || 'none' : 'not told'}`;
}

async function orders(ask: Ask): Promise<KeyUse[]> {
  return (await newest(ask, 'privateSpotGetV2SpotTradeHistoryOrders')).map(([atMs, row]) => ({
    kind: 'order',
    atMs,
    seen: `${text(row['side'])} ${text(row['symbol'])}, enterPointSource: ${text(row['enterPointSource'])}`,
    source: 'GET /api/v2/spot/trade/history-orders',
  }));
}

async function bills(ask: Ask, groupType: 'withdraw' | 'transfer'): Promise<KeyUse[]> {
  return (await newest(ask, 'privateSpotGetV2SpotAccountBills', { groupType })).map(([atMs, row]) => ({
    kind: groupType === 'withdraw' ? 'withdrawal' : 'transfer',
    atMs,
    seen: `${text(row['businessType'])}: ${text(row['size'])} ${text(row['coin'])}`,
    source: `GET /api/v2/spot/account/bills?groupType=${groupType}`,
  }));
}

/**
 * The newest row of a list of a classic account; none where the account is a unified one or the right is missing.
 * No start is given: one that lies more than 90 days back is refused.
 */
async function newest(ask: Ask, endpoint: string, parameters: object = {}): Promise<(readonly [number, Answer])[]> {
  const answer = await whereAllowed('bitget', async () => {
    try {
      return await ask(endpoint, { ...parameters, limit: '1' });
    } catch (error) {
      if (!isUnified(error)) throw error;
      return null;
    }
  });
  const rows = answer?.['data'];
  const row = fields(Array.isArray(rows) ? rows[0] : undefined);
  const atMs = timeMs(row['cTime']);
  return atMs === null ? [] : [[atMs, row]];
}

function isUnified(error: unknown): boolean {
  return error instanceof Error && error.message.includes(IS_UNIFIED);
}

function text(value: unknown): string {
  return label(value) ?? 'not told';
}
