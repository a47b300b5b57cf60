import type { KeyView } from '../keys/index.js';

/** A key with its secrets, as an owner hands it in. */
export interface KeyInput {
  readonly exchange: string;
  readonly label: string;
  readonly account?: string;
  readonly purposes?: readonly string[];
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

/** What the command line does with keys, through a running service or without one. */
export interface KeysClient {
  list(): Promise<readonly KeyView[]>;
  add(key: KeyInput): Promise<KeyView>;
  check(id: string): Promise<KeyView>;
  disable(id: string): Promise<KeyView>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}
