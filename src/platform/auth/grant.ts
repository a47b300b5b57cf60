import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './scopes.js';

/** Begins every token that was created, so that people and scanners of secrets know one when they see it. */
const TOKEN_PREFIX = 'cbk_';
const SECRET_BYTES = 32;
const ID_BYTES = 8;
/** How much of a token is shown in lists: 24 of its 256 bits. */
const HINT_CHARACTERS = TOKEN_PREFIX.length + 4;

/** What a token gives to whoever shows it. */
export interface Grant {
  /** Null for the owner's token, which stands in a file. */
  readonly id: string | null;
  /** Stands in the audit for who did something. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAtMs: number | null;
}

/** The digest of a token in hex. A plain SHA-256 is enough: what it hides is 256 random bits and no password. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new token, to be shown once, and what is kept of it. */
export function newSecret(): { readonly id: string; readonly token: string; readonly hint: string } {
  const token = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { id: randomBytes(ID_BYTES).toString('hex'), token, hint: token.slice(0, HINT_CHARACTERS) };
}
