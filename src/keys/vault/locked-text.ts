import { type KeyringLock, LOCK_KINDS, type LockKind } from './locks/keyring-lock.js';
import { VaultError } from './vault.errors.js';

/** The first line of a locked file says what it is and what locks it. Plain files have no such line. */
const HEADER = /^crossbook-keyring v(\d+) ([a-z]+)\r?\n/;
const VERSION = 1;

const LOCK_SETTING: Readonly<Record<LockKind, string>> = {
  none: 'no lock',
  passphrase: 'a passphrase (masterPassphrase or masterPassphraseFile)',
  transit: 'a transit engine (transit.url)',
};

/** What the text of a file of master keys is. */
export interface LockedText {
  readonly kind: LockKind;
  /** What the lock wrote. */
  readonly payload: string;
}

/** Writes the text of a file: the keys as they are, or a line that names the lock and what the lock made of them. */
export function writeLockedText(kind: LockKind, payload: string): string {
  return kind === 'none' ? payload : `crossbook-keyring v${VERSION} ${kind}\n${payload}\n`;
}

/**
 * Reads which lock a file has.
 *
 * @param file - For messages.
 * @throws {VaultError} `master_key_malformed` for a lock or a version that is not known.
 */
export function readLockedText(text: string, file: string): LockedText {
  const header = HEADER.exec(text);
  if (!header) return { kind: 'none', payload: text };
  const kind = LOCK_KINDS.find((one) => one === header[2]);
  if (Number(header[1]) !== VERSION || kind === undefined) {
    const what = `${file} was written by another version (${header[0].trim()})`;
    throw new VaultError(
      'master_key_malformed',
      what,
      'start the version that wrote it, or restore it from its backup',
    );
  }
  return { kind, payload: text.slice(header[0].length).trim() };
}

/**
 * Refuses a file whose lock is not the one that the settings ask for.
 *
 * @throws {VaultError} `master_key_locked` or `master_key_not_locked`, each with the way out.
 */
export function assertSameLock(found: LockKind, lock: KeyringLock, file: string): void {
  if (found === lock.kind) return;
  if (found === 'none') {
    const what = `${file} is not locked, but the settings lock it with ${LOCK_SETTING[lock.kind]}`;
    const remedy = 'lock it with "keys master lock" while no service runs, or unset that setting';
    throw new VaultError('master_key_not_locked', what, remedy);
  }
  const given = lock.kind === 'none' ? 'the settings name no lock' : `the settings name ${LOCK_SETTING[lock.kind]}`;
  const change =
    'to change the lock, run "keys master unlock" under the old settings and "keys master lock" under the new';
  throw new VaultError(
    'master_key_locked',
    `${file} is locked with ${LOCK_SETTING[found]}, but ${given}`,
    `set what locked it; ${change}`,
  );
}
