import { createHash } from 'node:crypto';

/** What may be done to a key, or to the audit itself. */
export type AuditAction =
  | 'key_added'
  | 'key_refused'
  | 'key_disabled'
  | 'key_removed'
  /** Another key took over from this one, or this one from another. */
  | 'key_rotated'
  /** A replaced key's last calls have ended: from now on it only waits for its deletion at the exchange. */
  | 'key_retired'
  /** The exchange refused a replaced key as deleted, and its secret was shredded. */
  | 'key_deletion_seen'
  | 'key_compromised'
  | 'key_acknowledged'
  | 'master_key_rotated'
  /** The secret of an alert target. */
  | 'target_secret_set'
  | 'target_secret_removed'
  /** First line of a chain that begins after lines that were written without one. */
  | 'chain_started';

/** One change to a key. */
export interface AuditEntry {
  readonly atMs: number;
  /** Who asked for it. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly keyId: string | null;
  /** Exchange, label, reason …; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a line of the audit says, as the database gives it back. */
export interface AuditContent {
  /** Microseconds since the epoch, as text: exact. */
  readonly atUs: string;
  readonly actor: string;
  readonly action: string;
  readonly keyId: string | null;
  readonly detail: unknown;
}

/** A place in the chain: the number of a line, from 1, and its digest. */
export interface ChainPosition {
  readonly sequence: number;
  readonly hash: string;
}

/** A line with its place in the chain. */
export interface ChainedLine extends AuditContent, ChainPosition {}

/** Stands for the digest before the first line. */
export const GENESIS = '0'.repeat(64);

/**
 * Writes a JSON value in one form only: names sorted by code unit, no blanks, numbers as ECMAScript writes them, as in
 * RFC 8785. It takes what the database gave back, so that jsonb's own order and spelling of numbers do not matter.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join(',')}}`;
}

/**
 * The digest of a line: SHA-256 over the digest before it and the canonical JSON of what it says, in hexadecimal.
 *
 * The number of the line is left out: its place follows from the digest before it, so a line that was moved is still
 * known as the line that it is.
 */
export function lineHash(previous: string, { atUs, actor, action, keyId, detail }: AuditContent): string {
  const text = canonicalJson({ atUs, actor, action, keyId, detail });
  return createHash('sha256').update(`${previous}\n${text}`).digest('hex');
}
