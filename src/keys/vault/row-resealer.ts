import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { Database } from '../../platform/prisma/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { Keyring } from './keyring.js';
import { TargetSecretsRepository } from '../target-secrets.repository.js';
import { openSealed, sealAll } from './seal-row.js';
import { openTargetSecret, sealTargetSecret } from './seal-target-secret.js';
import { VaultError } from './vault.errors.js';

/** Told after each row: how many of how many are done. */
export type ResealProgress = (done: number, total: number) => void;

/** What became of the rows that older keys sealed. */
export interface Resealed {
  /** How many were sealed anew. */
  readonly resealed: number;
  /** Ids of those that open under no key. */
  readonly unopened: readonly string[];
}

/** Seals rows anew under the current master key, each as a whole or not at all; plain texts are in memory alone. */
@Injectable()
export class RowResealer {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialsRepository,
    private readonly targetSecrets: TargetSecretsRepository,
    private readonly log: Log,
  ) {}

  /** Names of the master keys that rows need. */
  kids(): Promise<string[]> {
    return this.credentials.kids();
  }

  /**
   * Seals every row anew that an older key of the ring sealed, a transaction each.
   *
   * @returns How many were, and the ids of those that open under no key: they are left as they are.
   */
  async resealAll(ring: Keyring, progress: ResealProgress): Promise<Resealed> {
    const ids = await this.credentials.idsSealedOtherwise(ring.current.kid);
    const names = await this.targetSecrets.namesSealedOtherwise(ring.current.kid);
    const rows = [
      ...ids.map((id) => ({ id, work: () => this.reseal(ring, id) })),
      ...names.map((name) => ({ id: `target ${name}`, work: () => this.resealTarget(ring, name) })),
    ];
    const unopened: string[] = [];
    let resealed = 0;
    for (const [at, { id, work }] of rows.entries()) {
      try {
        if (await work()) resealed += 1;
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        unopened.push(id);
        this.log.error('the row of a key opens under no master key: remove the key, or restore its row', {
          keyId: id,
          reason: error.message,
        });
      }
      progress(at + 1, rows.length);
    }
    this.log.info('stored keys were sealed anew', { kid: ring.current.kid, resealed, unopened: unopened.length });
    return { resealed, unopened };
  }

  private resealTarget(ring: Keyring, name: string): Promise<boolean> {
    return this.database.transaction(async (q) => {
      const sealed = await this.targetSecrets.hold(q, name);
      if (!sealed || sealed.kid === ring.current.kid) return false;
      const plain = await openTargetSecret(ring.find(sealed.kid), name, sealed);
      await this.targetSecrets.reseal(q, name, await sealTargetSecret(ring.current, name, plain));
      return true;
    });
  }

  private reseal(ring: Keyring, id: string): Promise<boolean> {
    return this.database.transaction(async (q) => {
      const row = await this.credentials.holdSealed(q, id);
      if (!row || row.sealed.kid === ring.current.kid) return false;
      const { exchange, sealed } = row;
      const plain = await openSealed(ring.find(sealed.kid), { id, exchange }, sealed);
      const fingerprint = ring.current.fingerprint(exchange, plain.apiKey.reveal());
      await this.credentials.reseal(q, id, await sealAll(ring.current, { id, exchange }, plain), fingerprint);
      return true;
    });
  }
}
