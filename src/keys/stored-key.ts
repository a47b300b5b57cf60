import { type KeyFacts, type KeyPurpose, NOTHING_TOLD } from '../exchanges/index.js';
import type { Finding, KeyHealth, KeyState, KeyView } from './key-health.js';

/** Everything a key may be used for. */
export const KEY_PURPOSES = ['fees', 'networks', 'balances', 'streams'] as const satisfies readonly KeyPurpose[];

/** What the owner of a key last accepted of it: what its exchange tells later is compared with this. */
export interface AcceptedState extends Pick<KeyFacts, 'scopes' | 'ipRestricted' | 'ipList'> {
  readonly atMs: number;
  /** Uses that the exchange tells for this moment and before are accepted; the exchange's clock. */
  readonly usesUpToMs: number;
}

/** What is known of a key's health since the exchange last spoke of it. */
export interface KeyCheck {
  readonly health: KeyHealth;
  readonly findings: readonly Finding[];
  /** What the exchange told last, null when it never did. */
  readonly facts: KeyFacts | null;
  /** When the exchange last told something of the key; silence and network faults do not count. */
  readonly checkedAtMs: number | null;
  /** Set at the first check at which the exchange told something; absent before, and in checks stored earlier. */
  readonly accepted?: AcceptedState;
  /** Since when nothing was signed with the key but checks; absent in checks stored earlier. */
  readonly idleSinceMs?: number;
}

/** A stored key without its secrets, sealed or not. */
export interface StoredKey {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: readonly KeyPurpose[];
  readonly state: KeyState;
  readonly fingerprint: string;
  readonly check: KeyCheck | null;
  readonly addedAtMs: number;
  /** Our own last signed call with it. */
  readonly lastUsedAtMs: number | null;
  /** Since when it is in its state. */
  readonly stateSinceMs: number;
  readonly replacedBy: string | null;
  /** True where its owner accepted that it may withdraw or transfer. */
  readonly acceptsWithdrawal: boolean;
}

/** The sealed secrets of a key, each a compact JWE. */
export interface SealedSecrets {
  readonly kid: string;
  readonly version: number;
  readonly apiKey: string;
  /** Null where an account is read by its address alone. */
  readonly secret: string | null;
  readonly passphrase: string | null;
}

const NEVER_CHECKED: KeyCheck = { health: 'unknown', findings: [], facts: null, checkedAtMs: null };

/** True while a key may sign. */
export function isInUse(key: Pick<StoredKey, 'state'>): boolean {
  return key.state === 'active' || key.state === 'grace';
}

/** True while a key is checked: while it may sign, and until its deletion at the exchange has been seen. */
export function isChecked(key: Pick<StoredKey, 'state'>): boolean {
  return isInUse(key) || key.state === 'awaiting_deletion';
}

/**
 * Shows a stored key as REST, the feed and the command line do.
 *
 * `lastUsedAtMs` is the later of our own last call and the use that the exchange reports.
 */
export function viewOf(key: StoredKey): KeyView {
  const check = key.check ?? NEVER_CHECKED;
  const facts = check.facts ?? NOTHING_TOLD;
  const uses = [key.lastUsedAtMs, facts.lastUsedAtMs].filter((at) => at !== null);
  return {
    id: key.id,
    exchange: key.exchange,
    label: key.label,
    account: key.account,
    purposes: key.purposes,
    state: key.state,
    health: isInUse(key) ? check.health : 'disabled',
    findings: check.findings,
    scopes: facts.scopes,
    ipRestricted: facts.ipRestricted,
    ipList: facts.ipList,
    createdAtMs: facts.createdAtMs,
    expiresAtMs: facts.expiresAtMs,
    lastCheckedAtMs: check.checkedAtMs,
    lastUsedAtMs: uses.length === 0 ? null : Math.max(...uses),
    addedAtMs: key.addedAtMs,
    replacedBy: key.replacedBy,
    fingerprint: key.fingerprint,
  };
}
