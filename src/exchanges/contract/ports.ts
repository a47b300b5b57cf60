import type { Observable } from 'rxjs';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { BookReader } from '../../core/order-book/book-registry.js';

/** What a key is used for; one key is active per exchange and purpose. */
export type KeyPurpose = 'fees' | 'networks' | 'balances' | 'streams';

/** A value that prints as `[redacted]` wherever it is shown; only `reveal` gives the text. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

/** An opened credential, to be dropped as soon as the signing instance holds it. */
export interface Credential {
  /** Our id of the stored key, for the usage log. */
  readonly keyId: string;
  /** The public part; at exchanges that are read by address, that address. */
  readonly apiKey: Secret;
  /** Null where an account is read by its address alone, and nothing is signed. */
  readonly secret: Secret | null;
  /** okx, kucoin, bitget … want one; null elsewhere. */
  readonly passphrase: Secret | null;
}

/** Hands out credentials. Implemented by `keys`; exchanges knows nothing of how they are stored. */
export abstract class CredentialSource {
  /** The active credential of an exchange for a purpose, null where there is none. */
  abstract credential(exchange: ExchangeId, purpose: KeyPurpose): Promise<Credential | null>;
  /** Tells that another credential (or none) now holds for an exchange. */
  abstract readonly changes$: Observable<ExchangeId>;

  /**
   * Whether calls under way with a credential that does not hold any more may end by themselves: after a rotation, for a
   * few seconds. Else they are given up at once.
   */
  mayFinish?(keyId: string): boolean;
}

/** One signed call as the usage log keeps it: never parameters, never signatures. */
export interface SignedCall {
  readonly keyId: string;
  readonly exchange: ExchangeId;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly outcome: 'ok' | KeyProbeFailureCode;
  readonly durationMs: number;
  readonly atMs: number;
}

/** Where signed calls are told. Implemented by `keys`. */
export abstract class SignedCallLog {
  abstract record(call: SignedCall): void;
}

/** Why a signed call failed, by the exchange's raw code and never by ccxt's class. */
export type KeyProbeFailureCode =
  | 'revoked'
  | 'wrong_secret'
  | 'wrong_passphrase'
  | 'ip_refused'
  | 'missing_permission'
  | 'expired'
  | 'clock_skew'
  | 'rate_limited'
  | 'suspended'
  | 'exchange_down'
  | 'wrong_environment'
  | 'unknown';

/** What an exchange may tell of a key. */
export type KeyFactName =
  'read' | 'trade' | 'withdraw' | 'transfer' | 'ip' | 'created' | 'expires' | 'lastUsed' | 'label';

/** Something that was done with a key, or on its account, as the exchange tells it. */
export interface KeyUse {
  /** `call`: any use of this very key. The others are told of the account, whoever did them. */
  readonly kind: 'call' | 'order' | 'transfer' | 'withdrawal' | 'login';
  readonly atMs: number;
  /** In the exchange's words; never a secret. */
  readonly seen: string;
  /** The call that told it. */
  readonly source: string;
}

/** What an exchange says of a key; null means that the exchange does not tell. */
export interface KeyFacts {
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
  readonly lastUsedAtMs: number | null;
  /** The key's name at the exchange. */
  readonly label: string | null;
  /** What was seen: for example `withdraw: "enableWithdrawals: true"`. Never a secret. */
  readonly evidence: Readonly<Partial<Record<KeyFactName, string>>>;
  /** Which call told each fact: for example `withdraw: "GET /sapi/v1/account/apiRestrictions"`. */
  readonly sources: Readonly<Partial<Record<KeyFactName, string>>>;
  /** Newest use of each kind that the exchange told; empty where it tells none. Absent in facts stored earlier. */
  readonly uses?: readonly KeyUse[];
  /** What was asked about uses and refused, `endpoint: code` each: those uses are not known. Absent where none was. */
  readonly usesUnknown?: readonly string[];
  /** Our own address as this exchange sees it, where it told. */
  readonly seenAddress?: string | null;
}

/** Facts of a key of which an exchange told nothing. */
export const NOTHING_TOLD: KeyFacts = {
  scopes: { read: null, trade: null, withdraw: null, transfer: null },
  ipRestricted: null,
  ipList: null,
  createdAtMs: null,
  expiresAtMs: null,
  lastUsedAtMs: null,
  label: null,
  evidence: {},
  sources: {},
};

/** The outcome of asking an exchange about a key. */
export type KeyProbeResult =
  | { readonly ok: true; readonly facts: KeyFacts }
  /** No introspection at this exchange: what the safe probe (a balance read) showed. */
  | { readonly ok: true; readonly facts: KeyFacts; readonly unsupported: true }
  | {
      readonly ok: false;
      readonly code: KeyProbeFailureCode;
      readonly rawCode: string | null;
      readonly message: string;
      /** True where the exchange says the same for other reasons than `code` as well. */
      readonly isAmbiguous?: boolean;
      /** Our own address as the refusal names it, where it does. */
      readonly seenAddress?: string | null;
    };

/** What a probe asks beside the key's own facts. */
export interface ProbeOptions {
  /** Also asks what was done on the account since then (orders, transfers, withdrawals, logins), epoch ms. */
  readonly usesSinceMs?: number;
  /** Gives the probe up at once, which then answers `unknown`. */
  readonly signal?: AbortSignal;
}

/** Asks an exchange what a key may do; never an action, never a mutating call. */
export abstract class KeyProbe {
  abstract probe(exchange: ExchangeId, credential: Credential, options?: ProbeOptions): Promise<KeyProbeResult>;

  /** Gives up what is under way, which then answers `unknown`, and asks nothing any more: for shutdown. */
  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** The live markets: events in one order, the books behind them, and the state of each exchange. */
export abstract class MarketSource {
  /**
   * Everything detection consumes, emitted synchronously: when a `book` event is emitted, the update is already applied
   * to the book that `books` shows, and to nothing later.
   */
  abstract readonly events$: Observable<MarketEvent>;
  abstract readonly books: BookReader;
  /** State, offset, reason and symbols of every configured exchange, now. */
  abstract statuses(): ExchangeStatus[];
  /** The status of one exchange whenever its state changes, and once a second while it lives. */
  abstract readonly statuses$: Observable<ExchangeStatus>;
}

/** Which symbols are watched, on every exchange alike; may be changed while the markets run. */
export abstract class SymbolWatch {
  /** Unified symbols, in the order in which they came. */
  abstract symbols(): readonly string[];
  /**
   * Watches these from now on: books that are no longer wanted are given up, added ones opened, all others untouched.
   *
   * @returns Resolves once it holds, where others must be told.
   */
  abstract watch(symbols: readonly string[]): void | Promise<void>;
}
