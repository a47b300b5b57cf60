import { randomBytes, randomUUID } from 'node:crypto';
import type { AccountExchange } from '../world/listings.js';

/** Keys kept over all exchanges; more are refused. */
const MOST_KEYS = 10_000;

/** What a key may do. */
export interface KeyScopes {
  readonly read: boolean;
  readonly trade: boolean;
  readonly withdraw: boolean;
  readonly transfer: boolean;
}

/** An API key of a simulated account. */
export interface ApiKey {
  readonly exchange: AccountExchange;
  readonly apiKey: string;
  readonly secret: string;
  /** Only where the exchange has one (okx). */
  readonly passphrase: string | null;
  readonly scopes: KeyScopes;
  /** Addresses it works from; empty means from anywhere. */
  readonly ipList: readonly string[];
  readonly label: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly expiresAtMs: number | null;
}

/** What is changed of a key; what is left out stays. */
export interface KeyChange {
  readonly scopes?: { readonly [Scope in keyof KeyScopes]?: boolean | undefined } | undefined;
  readonly ipList?: readonly string[] | undefined;
  readonly expiresAtMs?: number | null | undefined;
}

/** What a new key shall be. */
export interface KeyRequest {
  readonly exchange: AccountExchange;
  readonly scopes: KeyScopes;
  readonly ipList: readonly string[];
  readonly label: string;
  readonly expiresAtMs: number | null;
}

/** Why the registry refuses a request. */
export class RegistryFullError extends Error {
  constructor() {
    super(`the simulator keeps at most ${MOST_KEYS} keys; restart it to make more`);
  }
}

interface Entry {
  key: ApiKey;
  isRevoked: boolean;
  lastUsedMs: number | null;
  lastNonce: bigint;
}

/** The API keys of the simulated accounts. Secrets are random, not seeded: they are keys all the same. */
export class AccountRegistry {
  private readonly entries = new Map<string, Entry>();

  /** Makes a key in the exchange's own format. */
  create(request: KeyRequest, nowMs: number): ApiKey {
    if (this.entries.size >= MOST_KEYS) throw new RegistryFullError();
    const key: ApiKey = { ...request, ...material(request.exchange), createdAtMs: nowMs, modifiedAtMs: nowMs };
    this.entries.set(`${key.exchange}:${key.apiKey}`, { key, isRevoked: false, lastUsedMs: null, lastNonce: 0n });
    return key;
  }

  /** Refuses a key from now on; false when there is no such key. */
  revoke(exchange: string, apiKey: string): boolean {
    const entry = this.entries.get(`${exchange}:${apiKey}`);
    if (!entry) return false;
    entry.isRevoked = true;
    return true;
  }

  /** Changes a key, as its owner does on the exchange's own pages; false when there is no such key. */
  change(exchange: string, apiKey: string, { scopes, ipList, expiresAtMs }: KeyChange, nowMs: number): boolean {
    const key = this.find(exchange, apiKey);
    const entry = this.entries.get(`${exchange}:${apiKey}`);
    if (!key || !entry) return false;
    entry.key = {
      ...key,
      scopes: scopesAfter(key.scopes, scopes ?? {}),
      ipList: ipList ?? key.ipList,
      expiresAtMs: expiresAtMs === undefined ? key.expiresAtMs : expiresAtMs,
      modifiedAtMs: nowMs,
    };
    return true;
  }

  /** A key that has not been revoked. */
  find(exchange: string, apiKey: string): ApiKey | null {
    const entry = this.entries.get(`${exchange}:${apiKey}`);
    return entry && !entry.isRevoked ? entry.key : null;
  }

  /** Notes a use; returns the use before. */
  touch(key: ApiKey, nowMs: number): number | null {
    const entry = this.entries.get(`${key.exchange}:${key.apiKey}`);
    if (!entry) return null;
    const before = entry.lastUsedMs;
    entry.lastUsedMs = nowMs;
    return before;
  }

  /** Takes a nonce that must grow from call to call; false when it does not. */
  takeNonce(key: ApiKey, nonce: bigint): boolean {
    const entry = this.entries.get(`${key.exchange}:${key.apiKey}`);
    if (!entry || nonce <= entry.lastNonce) return false;
    entry.lastNonce = nonce;
    return true;
  }
}

function scopesAfter(now: KeyScopes, changed: NonNullable<KeyChange['scopes']>): KeyScopes {
  return {
    read: changed.read ?? now.read,
    trade: changed.trade ?? now.trade,
    withdraw: changed.withdraw ?? now.withdraw,
    transfer: changed.transfer ?? now.transfer,
  };
}

// Lengths and alphabets as the exchanges hand keys out.
function material(exchange: AccountExchange): { apiKey: string; secret: string; passphrase: string | null } {
  switch (exchange) {
    case 'binance':
      return { apiKey: alphanumeric(64), secret: alphanumeric(64), passphrase: null };
    case 'okx':
      return {
        apiKey: randomUUID(),
        secret: randomBytes(16).toString('hex').toUpperCase(),
        passphrase: `Pp-${alphanumeric(12)}`,
      };
    case 'bybit':
      return { apiKey: alphanumeric(18), secret: alphanumeric(36), passphrase: null };
    case 'kraken':
      return {
        apiKey: randomBytes(42).toString('base64'),
        secret: randomBytes(64).toString('base64'),
        passphrase: null,
      };
  }
}

function alphanumeric(length: number): string {
  let text = '';
  while (text.length < length) text += randomBytes(length).toString('base64').replace(/[+/=]/g, '');
  return text.slice(0, length);
}
