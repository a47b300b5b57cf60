import { CompactEncrypt, compactDecrypt, type CompactJWEHeaderParameters } from 'jose';
import { Secret } from '../../exchanges/index.js';
import type { MasterKey } from './master-key.js';
import { IF_LOST, VaultError } from './vault.errors.js';

/** Version of the sealed form; stands in the header and in the row. */
export const SEAL_VERSION = 1;

/** Stands for the exchange of a secret that is of an alert target; no exchange has this id. */
export const TARGET_REALM = 'alert target';

/** What a sealed text belongs to; bound into it, so that it opens nowhere else. */
export interface SealContext {
  /** Id of the key, or name of the target. */
  readonly keyId: string;
  readonly exchange: string;
  readonly field: 'apiKey' | 'secret' | 'passphrase' | 'targetSecret';
  readonly version: number;
}

/**
 * Seals a secret as a compact JWE (RFC 7516): a random content key per secret (A256GCM), wrapped by the master key
 * (A256GCMKW, RFC 7518 section 4.7). The whole header is authenticated.
 */
export async function seal(masterKey: MasterKey, context: SealContext, secret: Secret): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret.reveal()))
    .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: masterKey.kid, ...boundHeader(context) })
    .encrypt(masterKey.wrappingKey());
}

/**
 * Opens a sealed secret.
 *
 * @throws {VaultError} `wrong_master_key` when another key sealed it, `seal_broken` when it was altered or belongs to
 * another row or field.
 */
export async function unseal(masterKey: MasterKey, context: SealContext, sealed: string): Promise<Secret> {
  const kid = kidOf(sealed);
  if (kid !== null && kid !== masterKey.kid) throw wrongMasterKey(kid, masterKey.kid);
  let opened: { plaintext: Uint8Array; protectedHeader: CompactJWEHeaderParameters };
  try {
    opened = await compactDecrypt(sealed, masterKey.wrappingKey(), {
      keyManagementAlgorithms: ['A256GCMKW'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
  } catch (error) {
    throw sealBroken(context, { cause: error });
  }
  const expected = Object.entries({ kid: masterKey.kid, ...boundHeader(context) });
  if (expected.some(([name, value]) => opened.protectedHeader[name] !== value)) {
    throw sealBroken(context);
  }
  return new Secret(new TextDecoder().decode(opened.plaintext));
}

/** The error for a sealed text that was altered, or that stands where it does not belong. */
export function sealBroken(
  { field, keyId, exchange }: Omit<SealContext, 'version'>,
  options?: ErrorOptions,
): VaultError {
  if (field === 'targetSecret') {
    const what = `the secret of the alert target ${keyId} was altered or moved in the database`;
    return new VaultError('seal_broken', what, 'set it again with "alerts secret set"', options);
  }
  const what = `the ${field} of key ${keyId} (${exchange}) was altered or moved in the database`;
  const remedy = 'restore the row from a backup, or remove the key and add it again';
  return new VaultError('seal_broken', what, remedy, options);
}

/** The error for rows that another master key sealed; both are named by their kid. */
export function wrongMasterKey(sealedWith: string, given: string): VaultError {
  return new VaultError(
    'wrong_master_key',
    `the stored API keys are sealed with master key ${sealedWith}, but ${given} was given`,
    `give the right one as masterKey or masterKeyFile, or restore master.key in dataDir; ${IF_LOST}`,
  );
}

function boundHeader(context: SealContext): Record<string, string | number> {
  return { cid: context.keyId, exchange: context.exchange, field: context.field, ver: context.version };
}

/** The master key that a sealed text names; read without trust, to tell a wrong master key from a damaged row. */
export function kidOf(sealed: string): string | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(sealed.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    const kid = (header as { kid?: unknown } | null)?.kid;
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null; // No header at all: opening it reports the damage.
  }
}
