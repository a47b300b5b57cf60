import { randomBytes, scrypt } from 'node:crypto';
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from 'jose';
import { VaultError } from '../vault.errors.js';
import type { KeyringLock } from './keyring-lock.js';

/** Cost of scrypt (RFC 7914): 128 MB and some tenths of a second for each guess. */
const COST = { n: 131_072, r: 8, p: 1 } as const;
/** A file that asks for more was not written here, and would stop the start. */
const MOST_COST = { n: 1_048_576, r: 16, p: 4 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** The least length of a passphrase, characters. */
const LEAST_LENGTH = 12;

interface Derivation {
  readonly salt: string;
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/**
 * Locks with a passphrase: a compact JWE (RFC 7516, `dir`, A256GCM) under a key that scrypt derives from it. Salt and
 * cost stand in the protected header, so that they cannot be changed and a later version may raise them.
 */
export class PassphraseLock implements KeyringLock {
  readonly kind = 'passphrase';

  /**
   * @param read - Gives the passphrase; asked each time, so that it is held no longer than needed.
   * @param place - Where it comes from.
   */
  constructor(
    private readonly read: () => Promise<string>,
    readonly place: string,
  ) {}

  async lock(plain: Uint8Array): Promise<string> {
    const derivation: Derivation = { salt: randomBytes(SALT_BYTES).toString('base64url'), ...COST };
    const key = await derive(await this.passphrase(), derivation);
    return new CompactEncrypt(plain)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kdf: 'scrypt', ...derivation })
      .encrypt(key);
  }

  async unlock(text: string): Promise<Uint8Array> {
    const derivation = derivationIn(text);
    if (!derivation) {
      throw new VaultError(
        'master_lock_altered',
        'the locked master key is no JWE that this version wrote',
        'restore the file from its backup',
      );
    }
    const key = await derive(await this.passphrase(), derivation);
    const only = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    try {
      return (await compactDecrypt(text, key, only)).plaintext;
    } catch (error) {
      throw new VaultError(
        'wrong_master_passphrase',
        `the passphrase in ${this.place} does not open the master key, or its file was altered`,
        'give the passphrase with which it was locked, or restore the file from its backup; nothing was changed',
        { cause: error },
      );
    }
  }

  private async passphrase(): Promise<string> {
    const passphrase = (await this.read()).trim().normalize('NFC');
    if (passphrase.length >= LEAST_LENGTH) return passphrase;
    const what = `the passphrase in ${this.place} has ${passphrase.length} characters`;
    throw new VaultError('master_lock_settings', what, `use one of at least ${LEAST_LENGTH}`);
  }
}

function derive(passphrase: string, { salt, n, r, p }: Derivation): Promise<Uint8Array> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.from(salt, 'base64url'), KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(Uint8Array.from(key));
    });
  });
}

/** Reads salt and cost, not yet trusted: neither weaker than ours nor so heavy that the start would stand still. */
function derivationIn(text: string): Derivation | null {
  let header: Record<string, unknown>;
  try {
    header = decodeProtectedHeader(text);
  } catch {
    return null; // No header at all: the caller says that the text was altered.
  }
  const { alg, kdf, salt, n, r, p } = header;
  const isOurs = alg === 'dir' && kdf === 'scrypt' && typeof salt === 'string';
  const isBounded = within(n, COST.n, MOST_COST.n) && within(r, COST.r, MOST_COST.r) && within(p, COST.p, MOST_COST.p);
  return isOurs && isBounded ? { salt, n: Number(n), r: Number(r), p: Number(p) } : null;
}

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
