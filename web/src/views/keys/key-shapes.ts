/** One thing that is wrong or noteworthy about a key. */
export interface Finding {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly seen: string;
  readonly sinceMs: number;
  readonly remedy: string;
  readonly url: string | null;
}

/** A stored key as the service shows it; a secret never comes. */
export interface ShownKey {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: readonly string[];
  readonly state: string;
  readonly health: 'healthy' | 'warning' | 'critical' | 'disabled' | 'unknown';
  readonly findings: readonly Finding[];
  readonly scopes: Readonly<Record<'read' | 'trade' | 'withdraw' | 'transfer', boolean | null>>;
  readonly ipRestricted: boolean | null;
  readonly ipList: readonly string[] | null;
  readonly createdAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly lastCheckedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly fingerprint: string;
}

/** One entry of the chained audit. */
export interface AuditEntry {
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly keyId: string | null;
}

/** A list of the service. */
export interface List<T> {
  readonly data: readonly T[];
}
