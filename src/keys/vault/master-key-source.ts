import type { Keyring } from './keyring.js';
import type { LockKind } from './locks/keyring-lock.js';

/** Where the master keys come from and are kept; a port, so that a key management service can stand behind it. */
export abstract class MasterKeySource {
  /** Where an owner finds or sets them, for messages: `masterKey`, a path. */
  abstract readonly place: string;
  /** False where only the owner can change them: in a variable. */
  abstract readonly isWritable: boolean;
  /** What locks the place, as the settings ask for it. */
  abstract readonly lockKind: LockKind;
  /**
   * The ring as it stands at its place now, null when none has been made yet. Asked again while nothing changed there, it
   * unlocks nothing.
   *
   * @throws {VaultError} When there is one that cannot be used.
   */
  abstract load(): Promise<Keyring | null>;
  /** Makes a ring of one new key and keeps it; asked only while nothing is sealed. */
  abstract create(): Promise<Keyring>;
  /**
   * Puts a ring in the place of the one that was loaded last; when it returns, that holds through a power cut.
   *
   * @throws {VaultError} `master_key_changed` when another process changed the place since; nothing is written then.
   */
  abstract replace(ring: Keyring): Promise<void>;
}
