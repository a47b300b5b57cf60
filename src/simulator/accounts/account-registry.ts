import type { KeyedExchange } from '../world/listings.js';
import { keyMaterial } from './key-material.js';

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
  readonly exchange: KeyedExchange;
  readonly apiKey: string;
  readonly secret: string;
  /** Only where the exchange has one. */
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
  readonly exchange: KeyedExchange;
  readonly scopes: KeyScopes;
  readonly ipList: readonly string[];
  readonly label: string;
  readonly expiresAtMs: number | null;
}

/** What somebody else may do with a key or on its account. */
export const USE_KINDS = ['call', 'order', 'transfer', 'withdrawal', 'login'] as const;

/** Something that somebody else did with a key, or on its account. */
export interface AccountUse {
  readonly kind: (typeof USE_KINDS)[number];
  readonly atMs: number;
}

/** Deeds kept per key, newest last. */
const MOST_USES = 100;

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
  uses: readonly AccountUse[];
}

/** The API keys of the simulated accounts. Secrets are random, not seeded: they are keys all the same. */
export class AccountRegistry {
  private readonly entries = new Map<string, Entry>();

  /** Makes a key in the exchange's own format. */
  create(request: KeyRequest, nowMs: number): ApiKey {
    if (this.entries.size >= MOST_KEYS) throw new RegistryFullError();
    const key: ApiKey = { ...request, ...keyMaterial(request.exchange), createdAtMs: nowMs, modifiedAtMs: nowMs };
    this.entries.set(`${key.exchange}:${key.apiKey}`, {
      key,
      isRevoked: false,
      lastUsedMs: null,
      lastNonce: 0n,
      uses: [],
    });
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

  /** Notes what somebody else did with a key or on its account; false when there is no such key. */
  use(exchange: string, apiKey: string, use: AccountUse): boolean {
    const entry = this.entries.get(`${exchange}:${apiKey}`);
    if (!entry || entry.isRevoked) return false;
    entry.uses = [...entry.uses, use].slice(-MOST_USES);
    if (use.kind === 'call') entry.lastUsedMs = use.atMs;
    return true;
  }

  /** What others did with a key and on its account, oldest first. */
  usesOf(key: ApiKey): readonly AccountUse[] {
    return this.entries.get(`${key.exchange}:${key.apiKey}`)?.uses ?? [];
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
