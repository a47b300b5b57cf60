import type { KeyFacts, KeyUse } from '../../contract/ports.js';
import { classifyFailure } from '../key-errors/classify.js';
import { type Answer, type Ask, boundTo, factsFrom, fields, type KeyReader, label, timeMs } from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

const KEYS = 'GET /v2/user/api-key';
const ACCOUNT = 'GET /v2/user/uid';
const DAY_MS = 86_400_000;
/** Rows of a list of what was done; fewer are not answered. */
const FEWEST_ROWS = 10;

/**
 * Rights, addresses, name, creation and end of the key that asks, found among the account's. Only a main account is told
 * of its keys: of a sub-account's nothing is known but that it reads
 * (https://www.htx.com/en-us/opend/newApiPages/?id=7ec52c92-7773-11ed-9966-0242ac110003).
 */
export const htxKey: KeyReader = {
  read: async (ask, { isOurs }) => {
    const uid = (await askForUid(ask))['data'];
    if (typeof uid !== 'number' && typeof uid !== 'string') return null;
    const readsAlone = factsFrom(ACCOUNT, { scopes: { read: true }, evidence: { read: 'uid: told' } });
    const answer = await whereAllowed('htx', () => ask('v2PrivateGetUserApiKey', { uid }));
    if (answer === null) return readsAlone;
    const rows = answer['data'];
    if (!Array.isArray(rows)) return null;
    const row = rows.map(fields).find(({ accessKey }) => isOurs(accessKey));
    return row ? keyFacts(row, await expiryOf(ask, row)) : readsAlone;
  },
  uses: async (ask, sinceMs) => {
    const kinds = [await newestOrder(ask), await newestWithdrawal(ask)];
    return kinds.flat().filter(({ atMs }) => atMs >= sinceMs);
  },
};

// Version 2 says of a refused signature no more than that; the older paths say why, and name our address.
async function askForUid(ask: Ask): Promise<Answer> {
  try {
    return await ask('v2PrivateGetUserUid');
  } catch (error) {
    const { code } = classifyFailure('htx', error, (text) => text);
    if (code === 'wrong_secret' || code === 'missing_permission') await ask('spotPrivateGetV1AccountAccounts');
    throw error;
  }
}

// The days that are left are told, -1 for ever, and not the end: it is reckoned from the exchange's own time, to the day.
async function expiryOf(ask: Ask, row: Answer): Promise<number | null> {
  const daysLeft = row['validDays'];
  if (typeof daysLeft !== 'number' || daysLeft < 0) return null;
  const nowMs = timeMs((await ask('spotPublicGetV1CommonTimestamp'))['data']);
  return nowMs === null ? null : Math.floor(nowMs / DAY_MS + daysLeft) * DAY_MS;
}

function keyFacts(row: Answer, expiresAtMs: number | null): KeyFacts | null {
  const permission = row['permission'];
  if (typeof permission !== 'string') return null;
  const rights = permission.split(',').map((right) => right.trim());
  const ips = row['ipAddresses'];
  const seen = `permission: ${permission}`;
  return factsFrom(KEYS, {
    scopes: {
      read: rights.includes('readOnly'),
      trade: rights.includes('trade'),
      withdraw: rights.includes('withdraw'),
      // "Trade permission: It is used to create order, cancel order and transfer" (quick start of the same pages).
      transfer: rights.includes('trade'),
    },
    ...boundTo(typeof ips === 'string' ? ips.split(',') : null),
    createdAtMs: timeMs(row['createTime']),
    expiresAtMs,
    label: label(row['note']),
    evidence: {
      ...{ read: seen, trade: seen, withdraw: seen, transfer: seen },
      ip: `ipAddresses: ${typeof ips === 'string' ? ips || 'none' : 'not told'}`,
      created: `createTime: ${String(row['createTime'])}`,
      expires: `validDays: ${String(row['validDays'])}`,
      label: `note: ${label(row['note']) ?? 'none'}`,
    },
  });
}

async function newestOrder(ask: Ask): Promise<KeyUse[]> {
  const rows = await newest(ask, 'spotPrivateGetV1OrderHistory', { size: FEWEST_ROWS });
  return rows.map(([atMs, row]) => ({
    kind: 'order',
    atMs,
    seen: `${text(row['type'])} ${text(row['symbol'])}, source: ${text(row['source'])}`,
    source: 'GET /v1/order/history',
  }));
}

async function newestWithdrawal(ask: Ask): Promise<KeyUse[]> {
  const wanted = { type: 'withdraw', direct: 'next', size: FEWEST_ROWS };
  const rows = await newest(ask, 'spotPrivateGetV1QueryDepositWithdraw', wanted);
  return rows.map(([atMs, row]) => ({
    kind: 'withdrawal',
    atMs,
    seen: `${String(row['amount'])} ${text(row['currency'])}, state: ${text(row['state'])}`,
    source: 'GET /v1/query/deposit-withdraw',
  }));
}

async function newest(ask: Ask, endpoint: string, parameters: object): Promise<(readonly [number, Answer])[]> {
  const answer = await whereAllowed('htx', () => ask(endpoint, parameters));
  const rows = answer?.['data'];
  if (!Array.isArray(rows)) return [];
  const timed = rows.map(fields).flatMap((row) => {
    const atMs = timeMs(row['created-at']);
    return atMs === null ? [] : [[atMs, row] as const];
  });
  return timed.sort(([a], [b]) => b - a).slice(0, 1);
}

function text(value: unknown): string {
  return label(value) ?? 'not told';
}
