import type { Settings } from '../../../platform/config/index.js';
import { readGuarded } from '../guarded-file.js';
import { VaultError } from '../vault.errors.js';
import type { KeyringLock } from './keyring-lock.js';
import { PassphraseLock } from './passphrase.lock.js';
import { PlainLock } from './plain.lock.js';
import { TransitLock } from './transit.lock.js';

/** The settings that decide how the file of the master keys is locked. */
export type LockSettings = Pick<Settings, 'masterKey' | 'masterPassphrase' | 'masterPassphraseFile'> & {
  readonly transit?: Settings['transit'];
};

/**
 * Chooses the lock that the settings ask for.
 *
 * @throws {VaultError} `master_lock_settings` when they ask for two locks, or for one that would lock nothing.
 */
export function lockFromSettings(settings: LockSettings): KeyringLock {
  const { masterKey, masterPassphrase, masterPassphraseFile, transit } = settings;
  const asked = [
    ...(masterPassphrase === undefined ? [] : ['masterPassphrase']),
    ...(masterPassphraseFile === undefined ? [] : ['masterPassphraseFile']),
    ...(transit?.url === undefined ? [] : ['transit.url']),
  ];
  const [first, second] = asked;
  if (first !== undefined && masterKey !== undefined) {
    throw contradiction(`masterKey and ${first} are both set, but only a file can be locked`, first);
  }
  if (second !== undefined) throw contradiction(`${asked.join(' and ')} are set at once`, second);
  if (masterPassphrase !== undefined) {
    return new PassphraseLock(() => Promise.resolve(masterPassphrase), 'masterPassphrase');
  }
  if (masterPassphraseFile !== undefined)
    return new PassphraseLock(reading(masterPassphraseFile), masterPassphraseFile);
  return transit?.url === undefined ? new PlainLock() : transitLock(transit.url, transit);
}

function transitLock(url: string, { key, mount, namespace, tokenFile }: Settings['transit']): KeyringLock {
  if (tokenFile === undefined) {
    const remedy = 'name a file (mode 0600) that holds a token for it as transit.tokenFile';
    throw new VaultError('master_lock_settings', 'transit.url is set, but transit.tokenFile is not', remedy);
  }
  const token = async (): Promise<string> => (await reading(tokenFile)()).trim();
  return new TransitLock({ url, key, mount, namespace, token });
}

function reading(file: string): () => Promise<string> {
  return () =>
    readGuarded({ file, unreadable: 'master_lock_unreadable', whenMissing: 'put it there, or correct its name' });
}

function contradiction(what: string, last: string): VaultError {
  return new VaultError('master_lock_settings', what, `keep one of them: unset ${last} or the other`);
}
