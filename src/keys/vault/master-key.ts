import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Length of a master key, bytes. */
export const MASTER_KEY_BYTES = 32;

const NO_SALT = new Uint8Array();

/**
 * The key that wraps every stored secret's own content key.
 *
 * It wraps directly, so that any tool that knows RFC 7516 opens a row with it; everything else is derived from it by
 * HKDF (RFC 5869) under labels of its own. Prints as `[redacted]`.
 */
export class MasterKey {
  /** Names the key in every sealed row; derived, so that it tells nothing of the key. */
  readonly kid: string;
  readonly #bytes: Uint8Array;
  readonly #fingerprintKey: Uint8Array;

  /**
   * @param bytes - The key itself, 32 bytes; copied.
   * @param createdAtMs - When it was made, epoch milliseconds; null where nobody wrote that down.
   * @throws {RangeError} If there are more or fewer bytes.
   */
  constructor(
    bytes: Uint8Array,
    readonly createdAtMs: number | null = null,
  ) {
    if (bytes.length !== MASTER_KEY_BYTES) throw new RangeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
    this.#bytes = Uint8Array.from(bytes);
    this.kid = Buffer.from(derive(bytes, 'crossbook kid v1', 8)).toString('hex');
    this.#fingerprintKey = derive(bytes, 'crossbook fingerprint v1', 32);
  }

  /** Makes a new one; its time is kept in whole seconds, as it is written. */
  static make(nowMs: number): MasterKey {
    return new MasterKey(randomBytes(MASTER_KEY_BYTES), Math.floor(nowMs / 1_000) * 1_000);
  }

  /** The raw key, for the sealer and the file of the ring alone. */
  wrappingKey(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Returns the text by which an API key is found again without being stored: a keyed hash, because a plain one of a
   * short API key could be guessed. The exchange is part of it: the same text at two exchanges is two keys.
   */
  fingerprint(exchange: string, apiKey: string): string {
    return createHmac('sha256', this.#fingerprintKey).update(`${exchange}\n${apiKey}`).digest('hex').slice(0, 32);
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

function derive(bytes: Uint8Array, label: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', bytes, NO_SALT, label, length));
}
