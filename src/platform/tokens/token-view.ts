import type { Scope } from '../auth/index.js';

/** A token as lists show it; the secret itself is in none. */
export interface TokenView {
  readonly id: string;
  /** Stands in the audit for who did something. */
  readonly name: string;
  /** Its first characters, to tell one from another. */
  readonly hint: string;
  readonly scopes: readonly Scope[];
  readonly state: 'active' | 'expired' | 'revoked';
  readonly createdAtMs: number;
  /** The name of the token, or the user of the command line, that created it. */
  readonly createdBy: string;
  /** Null for one that does not expire. */
  readonly expiresAtMs: number | null;
  /** Up to half a minute late; null for one that was never used. */
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

/** A token that was just created, with its secret: shown this once, and kept nowhere. */
export interface NewToken extends TokenView {
  readonly token: string;
}
