import { StartupError } from '../../platform/config/index.js';

/** Why the vault cannot do its work; stable, snake_case. */
export type VaultErrorCode =
  | 'master_key_malformed'
  | 'master_key_unreadable'
  | 'master_key_unwritable'
  | 'master_key_exposed'
  | 'master_key_missing'
  | 'master_key_changed'
  | 'master_key_locked'
  | 'master_key_not_locked'
  | 'master_lock_settings'
  | 'master_lock_unreadable'
  | 'master_lock_altered'
  | 'wrong_master_passphrase'
  | 'transit_unreachable'
  | 'transit_sealed'
  | 'transit_refused'
  | 'transit_unknown_key'
  | 'rotation_running'
  | 'wrong_master_key'
  | 'seal_broken';

/** The way out for whoever has no copy of the master key any more. */
export const IF_LOST = 'if it is lost, "keys remove" the keys and add them again; nothing was changed';

/** A fault of the vault or of its master key; the message says what is wrong and what to do, and holds no secret. */
export class VaultError extends StartupError {
  override readonly name = 'VaultError';

  constructor(
    readonly code: VaultErrorCode,
    what: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what}; ${remedy}`, options);
  }
}
