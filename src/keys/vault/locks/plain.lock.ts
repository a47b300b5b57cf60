import type { KeyringLock } from './keyring-lock.js';

/** No lock: the mode of the file is all that guards the keys in it. */
export class PlainLock implements KeyringLock {
  readonly kind = 'none';
  readonly place = 'the mode of the file';

  lock(plain: Uint8Array): Promise<string> {
    return Promise.resolve(new TextDecoder().decode(plain));
  }

  unlock(text: string): Promise<Uint8Array> {
    return Promise.resolve(new TextEncoder().encode(text));
  }
}
