import type { KeyFacts } from '../../exchanges/index.js';
import type { AcceptedState, KeyCheck } from '../stored-key.js';

/** Exchanges tell uses in seconds, so a use is told up to a second before it was. */
const RESOLUTION_MS = 1_000;

/** What the owner accepted before, as far as a stored check tells; null when the exchange never told anything. */
export function acceptedBefore(previous: KeyCheck | null): AcceptedState | null {
  if (previous?.accepted) return previous.accepted;
  const facts = previous?.facts ?? null;
  // Stored before there was a baseline: what the exchange told last is what the owner knew.
  return facts === null ? null : stateOf(facts, previous?.checkedAtMs ?? 0);
}

/**
 * The baseline after an exchange told something: what was accepted stays, and only what was not known before is added,
 * so that a change lasts until its owner acknowledges it.
 */
export function baselineAfter(previous: KeyCheck | null, facts: KeyFacts, nowMs: number): AcceptedState {
  const before = acceptedBefore(previous);
  if (before === null) return stateOf(facts, nowMs);
  return { ...filled(before, facts), atMs: before.atMs, usesUpToMs: before.usesUpToMs };
}

/** The baseline after an owner acknowledged what the exchange told last. */
export function baselineNow(check: KeyCheck, nowMs: number): AcceptedState | null {
  const { facts } = check;
  const before = acceptedBefore(check);
  if (facts === null) return before;
  // What was done since the last check has not been seen, so it is not accepted either.
  const now = { ...stateOf(facts, check.checkedAtMs ?? nowMs), atMs: nowMs };
  if (before === null) return now;
  return { ...filled(now, before), atMs: nowMs, usesUpToMs: Math.max(before.usesUpToMs, now.usesUpToMs) };
}

function stateOf(facts: KeyFacts, atMs: number): AcceptedState {
  const told = [facts.lastUsedAtMs, ...(facts.uses ?? []).map((use) => use.atMs)].filter((at) => at !== null);
  const usesUpToMs = Math.max(Math.floor(atMs / RESOLUTION_MS) * RESOLUTION_MS - 1, ...told);
  const { scopes, ipRestricted, ipList } = facts;
  return { atMs, usesUpToMs, scopes, ipRestricted, ipList };
}

type Told = Pick<AcceptedState, 'scopes' | 'ipRestricted' | 'ipList'>;

/** A state whose unknown parts are taken from another one. */
function filled(state: Told, other: Told): Told {
  return {
    scopes: {
      read: state.scopes.read ?? other.scopes.read,
      trade: state.scopes.trade ?? other.scopes.trade,
      withdraw: state.scopes.withdraw ?? other.scopes.withdraw,
      transfer: state.scopes.transfer ?? other.scopes.transfer,
    },
    ipRestricted: state.ipRestricted ?? other.ipRestricted,
    ipList: state.ipList ?? other.ipList,
  };
}
