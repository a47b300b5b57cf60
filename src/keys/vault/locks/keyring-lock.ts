/** Ways to lock the file of the master keys. */
export const LOCK_KINDS = ['none', 'passphrase', 'transit'] as const;

/** A way to lock the file of the master keys. */
export type LockKind = (typeof LOCK_KINDS)[number];

/** Locks the text of the ring before it reaches a disk; a port, so that another key service can stand behind it. */
export interface KeyringLock {
  readonly kind: LockKind;
  /** Where an owner finds or sets it, for messages: a setting, an address. */
  readonly place: string;
  /** @throws {VaultError} When it cannot be locked; nothing was written then. */
  lock(plain: Uint8Array): Promise<string>;
  /** @throws {VaultError} When it cannot be unlocked: another passphrase, an altered text, no answer. */
  unlock(text: string): Promise<Uint8Array>;
}
