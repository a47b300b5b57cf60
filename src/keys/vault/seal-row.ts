import type { Secret } from '../../exchanges/index.js';
import type { SealedSecrets } from '../stored-key.js';
import type { MasterKey } from './master-key.js';
import { kidOf, SEAL_VERSION, seal, sealBroken, type SealContext, unseal } from './sealer.js';

type Field = Exclude<SealContext['field'], 'targetSecret'>;

/** A key's secrets as an owner gives them. */
export interface PlainSecrets {
  readonly apiKey: Secret;
  /** Null where an account is read by its address alone. */
  readonly secret: Secret | null;
  readonly passphrase: Secret | null;
}

/** Which row secrets belong to. */
export interface RowName {
  readonly id: string;
  readonly exchange: string;
}

/** Seals the secrets of one row. */
export async function sealAll(
  masterKey: MasterKey,
  { id, exchange }: RowName,
  plain: PlainSecrets,
): Promise<SealedSecrets> {
  const sealed = (field: Field, value: Secret): Promise<string> =>
    seal(masterKey, { keyId: id, exchange, field, version: SEAL_VERSION }, value);
  return {
    kid: masterKey.kid,
    version: SEAL_VERSION,
    apiKey: await sealed('apiKey', plain.apiKey),
    secret: plain.secret && (await sealed('secret', plain.secret)),
    passphrase: plain.passphrase && (await sealed('passphrase', plain.passphrase)),
  };
}

/**
 * Opens the sealed secrets of one row.
 *
 * @param masterKey - The key that the row names; null when it is in no ring.
 * @throws {VaultError} `seal_broken` when the row was altered, or names a key that no part of it was sealed with.
 */
export async function openSealed(
  masterKey: MasterKey | null,
  { id, exchange }: RowName,
  sealed: SealedSecrets,
): Promise<PlainSecrets> {
  const opened = (field: Field, text: string): Promise<Secret> => {
    const context = { keyId: id, exchange, field, version: sealed.version };
    return masterKey !== null && masterKey.kid === kidOf(text)
      ? unseal(masterKey, context, text)
      : Promise.reject(sealBroken(context));
  };
  return {
    apiKey: await opened('apiKey', sealed.apiKey),
    secret: sealed.secret === null ? null : await opened('secret', sealed.secret),
    passphrase: sealed.passphrase === null ? null : await opened('passphrase', sealed.passphrase),
  };
}
