/** Verdict on a key, worst finding first. */
export type KeyHealth = 'healthy' | 'warning' | 'critical' | 'disabled' | 'unknown';

/** Stable codes of findings; docs/keys.md says what each asks of the owner. */
export type FindingCode =
  | 'AUTH_FAILED'
  | 'KEY_EXPIRED'
  | 'EXPIRES_SOON'
  | 'WITHDRAW_ENABLED'
  | 'TRANSFER_ENABLED'
  | 'TRADE_ENABLED'
  | 'SCOPE_MISSING'
  | 'NO_IP_RESTRICTION'
  | 'IP_NOT_ALLOWED'
  | 'PERMISSIONS_CHANGED'
  | 'IP_LIST_CHANGED'
  | 'UNEXPECTED_USE'
  | 'ROTATION_DUE'
  /** Another key took its place, and its exchange still accepts it. */
  | 'AWAITING_DELETION'
  | 'DUPLICATE_KEY'
  | 'NEVER_USED'
  | 'MASTER_KEY_OLD'
  | 'CLOCK_SKEW'
  | 'RATE_LIMITED'
  | 'EXCHANGE_UNREACHABLE'
  | 'INTROSPECTION_UNSUPPORTED'
  | 'UNKNOWN_REFUSAL'
  /** The stored secret was altered or damaged: ours to mend, says nothing of the key. */
  | 'SEAL_BROKEN';

/** One thing that is wrong or noteworthy about a key. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'info' | 'warning' | 'critical';
  /** What was seen, in the exchange's own words; never a secret. */
  readonly seen: string;
  readonly sinceMs: number;
  /** What the owner should do. */
  readonly remedy: string;
  /** The exchange's own page for it. */
  readonly url: string | null;
  /** Our guide to it, as a path in this product; absent in verdicts of earlier versions. */
  readonly guide?: string;
}

/**
 * What a key may be used for now. `active` signs. `grace`: its successor has taken over, and it is kept as it is until
 * calls under way have ended. `awaiting_deletion`: signs nothing, and is asked about only to see that its owner has
 * deleted it at the exchange. `disabled` and `compromised` sign nothing for good; a compromised key's secret is gone.
 */
export type KeyState = 'active' | 'grace' | 'awaiting_deletion' | 'disabled' | 'compromised';

/** A stored key as REST, the feed and the command line show it; a secret never appears. */
export interface KeyView {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: readonly string[];
  readonly state: KeyState;
  readonly health: KeyHealth;
  readonly findings: readonly Finding[];
  readonly scopes: {
    readonly read: boolean | null;
    readonly trade: boolean | null;
    readonly withdraw: boolean | null;
    readonly transfer: boolean | null;
  };
  readonly ipRestricted: boolean | null;
  readonly ipList: readonly string[] | null;
  readonly createdAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly lastCheckedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  /** When it came here. */
  readonly addedAtMs: number;
  /** The key that took over from this one, null where none did. */
  readonly replacedBy: string | null;
  readonly fingerprint: string;
}
