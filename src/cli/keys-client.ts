import type { AuditReport, AuditView, Compromised, KeyView, ManyCompromised, UsageCall } from '../keys/index.js';

/** A key with its secrets, as an owner hands it in. */
export interface KeyInput {
  readonly exchange: string;
  readonly label: string;
  readonly account?: string;
  readonly purposes?: readonly string[];
  readonly apiKey: string;
  /** Absent where an account is read by its address. */
  readonly secret?: string;
  readonly passphrase?: string;
  readonly acceptWithdrawal?: boolean;
}

/** The secrets of a key that takes over from another. */
export type SuccessorInput = Omit<KeyInput, 'exchange' | 'label' | 'account' | 'purposes'> & {
  readonly label?: string;
};

/** Parameters of a query, as the REST interface names them. */
export type Query = Readonly<Record<string, string>>;

/** What the command line does with keys, through a running service or without one. */
export interface KeysClient {
  list(): Promise<readonly KeyView[]>;
  add(key: KeyInput): Promise<KeyView>;
  check(id: string): Promise<KeyView>;
  acknowledge(id: string): Promise<KeyView>;
  rotate(id: string, key: SuccessorInput): Promise<KeyView>;
  disable(id: string): Promise<KeyView>;
  compromise(id: string): Promise<Compromised>;
  compromiseMany(which: { readonly exchange: string } | { readonly all: true }): Promise<ManyCompromised>;
  remove(id: string): Promise<void>;
  /** Every call of a key, newest first, without holding them all. */
  usage(id: string, query: Query): AsyncIterable<UsageCall>;
  audit(query: Query): Promise<readonly AuditView[]>;
  verifyAudit(): Promise<AuditReport>;
  close(): Promise<void>;
}
