import type { Secret } from '../../exchanges/index.js';
import type { MasterKey } from './master-key.js';
import { kidOf, SEAL_VERSION, seal, sealBroken, type SealContext, TARGET_REALM, unseal } from './sealer.js';

/** The secret of a target as its row holds it. */
export interface SealedTargetSecret {
  readonly kid: string;
  readonly version: number;
  readonly sealed: string;
}

function contextOf(name: string, version: number): SealContext {
  return { keyId: name, exchange: TARGET_REALM, field: 'targetSecret', version };
}

/** Seals the secret of a target. */
export async function sealTargetSecret(
  masterKey: MasterKey,
  name: string,
  secret: Secret,
): Promise<SealedTargetSecret> {
  const sealed = await seal(masterKey, contextOf(name, SEAL_VERSION), secret);
  return { kid: masterKey.kid, version: SEAL_VERSION, sealed };
}

/**
 * Opens the secret of a target.
 *
 * @param masterKey - The key that the row names; null when it is in no ring.
 * @throws {VaultError} `seal_broken` when the row was altered, or names a key that it was not sealed with.
 */
export function openTargetSecret(
  masterKey: MasterKey | null,
  name: string,
  { version, sealed }: SealedTargetSecret,
): Promise<Secret> {
  const context = contextOf(name, version);
  return masterKey !== null && masterKey.kid === kidOf(sealed)
    ? unseal(masterKey, context, sealed)
    : Promise.reject(sealBroken(context));
}
