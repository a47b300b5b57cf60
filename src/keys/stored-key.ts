import type { KeyFacts, KeyPurpose } from '../exchanges/index.js';
import type { Finding, KeyHealth, KeyView } from './key-health.js';

/** Everything a key may be used for. */
export const KEY_PURPOSES = ['fees', 'networks', 'balances', 'streams'] as const satisfies readonly KeyPurpose[];

/** What is known of a key's health since the exchange last spoke of it. */
export interface KeyCheck {
  readonly health: KeyHealth;
  readonly findings: readonly Finding[];
  /** What the exchange told last, null when it never did. */
  readonly facts: KeyFacts | null;
  /** When the exchange last told something of the key; silence and network faults do not count. */
  readonly checkedAtMs: number | null;
}

/** A stored key without its secrets, sealed or not. */
export interface StoredKey {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: readonly KeyPurpose[];
  readonly state: KeyView['state'];
  readonly fingerprint: string;
  readonly check: KeyCheck | null;
  readonly addedAtMs: number;
  /** Our own last signed call with it. */
  readonly lastUsedAtMs: number | null;
}

/** The sealed secrets of a key, each a compact JWE. */
export interface SealedSecrets {
  readonly kid: string;
  readonly version: number;
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string | null;
}

const NOTHING_TOLD: KeyFacts = {
  scopes: { read: null, trade: null, withdraw: null, transfer: null },
  ipRestricted: null,
  ipList: null,
  createdAtMs: null,
  expiresAtMs: null,
  lastUsedAtMs: null,
  label: null,
  evidence: {},
};
const NEVER_CHECKED: KeyCheck = { health: 'unknown', findings: [], facts: null, checkedAtMs: null };

/** True while a key may sign; one that may not is not checked either. */
export function isInUse(key: Pick<StoredKey, 'state'>): boolean {
  return key.state === 'active' || key.state === 'grace';
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
    fingerprint: key.fingerprint,
  };
}
