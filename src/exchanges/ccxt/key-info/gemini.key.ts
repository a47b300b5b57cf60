import type { KeyUse } from '../../contract/ports.js';
import { type Answer, factsFrom, fields, type KeyReader, label, timeMs, truth } from './key-reader.js';
import { whereAllowed } from './where-allowed.js';

/** Newest transfers in one answer; gemini gives fifty at most. */
const MOST_TRANSFERS = 50;

/**
 * POST /v1/roles: the roles of the key that asks; neither addresses nor age nor end.
 *
 * What a role may do: https://docs.gemini.com/roles. Each of them reads balances; the fund manager withdraws, and moves
 * funds between the accounts of a group.
 */
export const geminiKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('privatePostV1Roles');
    const isAuditor = truth(answer['isAuditor']);
    const isTrader = truth(answer['isTrader']);
    const isFundManager = truth(answer['isFundManager']);
    if (isAuditor === null || isTrader === null || isFundManager === null) return null;
    const seen = (name: string): string => `${name}: ${String(answer[name])}`;
    const all = ['isAuditor', 'isTrader', 'isFundManager'].map(seen).join(', ');
    return factsFrom('POST /v1/roles', {
      scopes: {
        read: isAuditor || isTrader || isFundManager,
        trade: isTrader,
        withdraw: isFundManager,
        transfer: isFundManager,
      },
      evidence: {
        read: all,
        trade: seen('isTrader'),
        withdraw: seen('isFundManager'),
        transfer: seen('isFundManager'),
      },
    });
  },
  uses: async (ask, sinceMs) => {
    const account = await whereAllowed('gemini', () => ask('privatePostV1Account'));
    const transfers = await whereAllowed('gemini', () =>
      ask('privatePostV1Transfers', { timestamp: sinceMs, limit_transfers: MOST_TRANSFERS }),
    );
    const newest = [...logins(account), ...withdrawals(transfers)].sort((a, b) => b.atMs - a.atMs);
    return (['login', 'withdrawal'] as const).flatMap((kind) => {
      const use = newest.find((each) => each.kind === kind && each.atMs >= sinceMs);
      return use ? [use] : [];
    });
  },
};

function logins(account: Answer | null): KeyUse[] {
  return rows(account?.['users']).flatMap((user) => {
    const atMs = timeMs(user['lastSignIn']);
    const seen = `lastSignIn: ${label(user['lastSignIn']) ?? ''}`;
    return atMs === null ? [] : [{ kind: 'login', atMs, seen, source: 'POST /v1/account' }];
  });
}

function withdrawals(transfers: Answer | null): KeyUse[] {
  return rows(transfers).flatMap((row) => {
    const atMs = timeMs(row['timestampms']);
    if (row['type'] !== 'Withdrawal' || atMs === null) return [];
    const seen = `Withdrawal: ${String(row['amount'])} ${String(row['currency'])}, ${String(row['status'])}`;
    return [{ kind: 'withdrawal', atMs, seen, source: 'POST /v1/transfers' }];
  });
}

function rows(value: unknown): Answer[] {
  return Array.isArray(value) ? value.map(fields) : [];
}
