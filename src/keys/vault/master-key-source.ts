import type { MasterKey } from './master-key.js';

/** Where the master key comes from; a port, so that a key management service can stand behind it. */
export abstract class MasterKeySource {
  /**
   * The master key, null when none has been made yet.
   *
   * @throws {VaultError} When there is one that cannot be used.
   */
  abstract load(): Promise<MasterKey | null>;
  /** Makes a new one and keeps it; asked only while nothing is sealed. */
  abstract create(): Promise<MasterKey>;
  /** Where an owner finds or sets it, for messages: `masterKey`, a path. */
  abstract readonly place: string;
}
