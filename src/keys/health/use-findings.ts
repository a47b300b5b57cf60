import type { KeyFacts, KeyUse } from '../../exchanges/index.js';
import type { Finding } from '../key-health.js';
import type { AcceptedState } from '../stored-key.js';
import type { ForeignUse } from './circumstances.js';
import type { Seen } from './verdict.js';

/** Most uses that a finding names. */
const MOST_NAMED = 3;

/** Uses of this very key that the exchange tells and nobody has accepted yet: ours, unless the usage log knows better. */
export function usesOfKey(facts: KeyFacts, accepted: AcceptedState): readonly Pick<KeyUse, 'atMs' | 'seen'>[] {
  const { lastUsedAtMs, uses = [] } = facts;
  const last = { atMs: lastUsedAtMs ?? -Infinity, seen: facts.evidence.lastUsed ?? 'the last use of the key' };
  const calls = uses.filter(({ kind }) => kind === 'call');
  return [last, ...calls].filter(({ atMs }) => atMs > accepted.usesUpToMs);
}

/** Orders, transfers, withdrawals and logins that the exchange tells and nobody has accepted yet: never ours. */
export function deedsOnAccount(facts: KeyFacts, accepted: AcceptedState): readonly ForeignUse[] {
  return (facts.uses ?? [])
    .filter(({ kind, atMs }) => kind !== 'call' && atMs > accepted.usesUpToMs)
    .map(({ kind, atMs, seen, source }) => ({ atMs, seen: `${kind} at ${timeText(atMs)}: ${seen} (${source})` }));
}

/** The finding on uses that were not ours; none without any. */
export function useFindings(uses: readonly ForeignUse[]): Seen[] {
  if (uses.length === 0) return [];
  const named = [...uses].sort((a, b) => b.atMs - a.atMs).slice(0, MOST_NAMED);
  return [{ code: 'UNEXPECTED_USE', severity: 'critical', seen: named.map(({ seen }) => seen).join('; ') }];
}

/**
 * What of earlier findings stays until its owner acknowledges it, or for its time: the exchange's next answer says
 * nothing against it.
 */
export function carriedFindings(before: readonly Finding[], nowMs: number): Finding[] {
  return before.filter(
    ({ code, sinceMs }) =>
      code === 'UNEXPECTED_USE' || (code === 'DUPLICATE_KEY' && nowMs < sinceMs + DUPLICATE_SHOWN_MS),
  );
}

/** How long it is shown that a key was offered a second time, milliseconds. */
export const DUPLICATE_SHOWN_MS = 86_400_000;

/** A time as people read it, in UTC. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
