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
}

/** A stored key as REST, the feed and the command line show it; a secret never appears. */
export interface KeyView {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: readonly string[];
  readonly state: 'active' | 'grace' | 'disabled' | 'compromised';
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
  readonly fingerprint: string;
}
