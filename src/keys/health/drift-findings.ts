import type { KeyFacts } from '../../exchanges/index.js';
import type { AcceptedState } from '../stored-key.js';
import type { Seen } from './verdict.js';

const RIGHTS = ['read', 'trade', 'withdraw', 'transfer'] as const;

/**
 * Finds what differs from what the owner last accepted. Wider rights and more addresses weigh critical: whoever entered
 * an account begins with them. What is not told, before or now, is no change.
 */
export function driftFindings(facts: KeyFacts, accepted: AcceptedState | null): Seen[] {
  if (accepted === null) return [];
  return [...rightsDrift(facts, accepted), ...addressDrift(facts, accepted)];
}

function rightsDrift(facts: KeyFacts, accepted: AcceptedState): Seen[] {
  const changed = RIGHTS.filter((right) => {
    const [before, now] = [accepted.scopes[right], facts.scopes[right]];
    return before !== null && now !== null && before !== now;
  });
  if (changed.length === 0) return [];
  const isWider = changed.some((right) => facts.scopes[right] === true);
  const seen = changed
    .map((right) => `${right}: ${String(accepted.scopes[right])} before, ${String(facts.scopes[right])} now`)
    .join('; ');
  return [{ code: 'PERMISSIONS_CHANGED', severity: isWider ? 'critical' : 'info', seen }];
}

function addressDrift(facts: KeyFacts, accepted: AcceptedState): Seen[] {
  const [before, now] = [allowedBy(accepted), allowedBy(facts)];
  if (before === null || now === null) return [];
  if (before.isBound !== now.isBound) return [addressChange(before, now, before.isBound)];
  if (before.list === null || now.list === null) return [];
  const [known, told] = [new Set(before.list), new Set(now.list)];
  const added = now.list.filter((address) => !known.has(address));
  const isSame = added.length === 0 && before.list.every((address) => told.has(address));
  // Where every address is let in, one more on the list changes nothing.
  return isSame || !now.isBound ? [] : [addressChange(before, now, added.length > 0)];
}

interface Allowed {
  readonly isBound: boolean;
  readonly list: readonly string[] | null;
}

function allowedBy({ ipRestricted, ipList }: Pick<KeyFacts, 'ipRestricted' | 'ipList'>): Allowed | null {
  const list = ipList?.map((address) => address.trim().toLowerCase()).sort() ?? null;
  return ipRestricted === null ? null : { isBound: ipRestricted, list };
}

function addressChange(before: Allowed, now: Allowed, isWider: boolean): Seen {
  const seen = `${inWords(before)} before, ${inWords(now)} now`;
  return { code: 'IP_LIST_CHANGED', severity: isWider ? 'critical' : 'info', seen };
}

function inWords({ isBound, list }: Allowed): string {
  if (!isBound) return 'every address';
  return list === null ? 'some addresses' : list.join(', ');
}
