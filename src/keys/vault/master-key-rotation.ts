import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Database, type Queries } from '../../platform/prisma/index.js';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Keyring } from './keyring.js';
import { MasterKey } from './master-key.js';
import { MasterKeys } from './master-keys.js';
import { type Resealed, type ResealProgress, RowResealer } from './row-resealer.js';
import { assertStillOwned, ownRotation, ownSealing } from './sealing-lock.js';
import { VaultError } from './vault.errors.js';

/** How a rotation ended. */
export interface RotationReport {
  /** The key that seals from now on. */
  readonly kid: string;
  /** True when this call made it; false when it finished what was begun before, or by hand, and made none. */
  readonly isNew: boolean;
  /** Rows sealed anew by this call. */
  readonly resealed: number;
  /** Older keys that are gone from their place, since no row needs them. */
  readonly dropped: readonly string[];
  /** Older keys that no row needs, for the owner to take out of the variable. */
  readonly removable: readonly string[];
  /** Keys whose rows were altered and open under no master key; the older key that they name stays. */
  readonly unopened: readonly string[];
}

/**
 * Puts a new master key in the place of the current one, and seals every row anew.
 *
 * It may be killed at any moment: the new key is on the disk before the first row needs it, the older ones stay until no
 * row does, and each row changes as a whole or not at all. Running it again goes on where it stopped. A row that opens
 * under no key holds nothing up: it keeps the older key that it names, and the others get a new one. Plain texts are in
 * memory alone.
 */
@Injectable()
export class MasterKeyRotation {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
    private readonly masterKeys: MasterKeys,
    private readonly rows: RowResealer,
    private readonly clock: Clock,
  ) {}

  /**
   * Rotates, or finishes a rotation that was stopped.
   *
   * @param actor - Who asks, for the audit.
   * @throws {VaultError} `rotation_running` while another one runs; `master_lock_settings` when the key comes from a
   * variable that holds no new one yet.
   */
  rotate(actor: string, progress: ResealProgress = () => undefined): Promise<RotationReport> {
    return this.database.transaction(async (guard) => {
      await ownRotation(guard);
      const before = await this.masterKeys.fresh();
      const begun = before.older.length === 0 ? null : await this.rows.resealAll(before, progress);
      const isNew = begun === null || this.isStuck(begun);
      const ring = isNew ? await this.putNewInFront(before, guard) : before;
      const { resealed, unopened } = begun && !isNew ? begun : await this.rows.resealAll(ring, progress);
      const gone = await this.leave(ring, { actor, resealed, guard });
      const { isWritable } = this.masterKeys.keptAt;
      const outcome = { dropped: isWritable ? gone : [], removable: isWritable ? [] : gone };
      return { kid: ring.current.kid, isNew, resealed, unopened, ...outcome };
    });
  }

  /** True when older keys stay for rows alone that open under none, so that there is nothing left to finish. */
  private isStuck({ resealed, unopened }: Resealed): boolean {
    return resealed === 0 && unopened.length > 0 && this.masterKeys.keptAt.isWritable;
  }

  /** Step one: the new key is kept before any row needs it. */
  private async putNewInFront(before: Keyring, guard: Queries): Promise<Keyring> {
    const { isWritable, place } = this.masterKeys.keptAt;
    if (!isWritable) {
      const what = `the master key comes from ${place}, where only its owner can put a new one`;
      const remedy = 'set it to NEW,OLD (make NEW with: openssl rand -base64 32), start again, and run this again';
      throw new VaultError('master_lock_settings', what, remedy);
    }
    const ring = before.behind(MasterKey.make(this.clock.nowMs()));
    await this.database.transaction(async (q) => {
      await ownSealing(q);
      await assertStillOwned(guard);
      await this.masterKeys.replace(ring);
    });
    return ring;
  }

  /**
   * Step three, after every row was sealed anew: what no row needs any more leaves its place. The trace is written first:
   * better twice than never.
   *
   * @returns The older keys that no row needs.
   */
  private async leave(
    ring: Keyring,
    { actor, resealed, guard }: { actor: string; resealed: number; guard: Queries },
  ): Promise<readonly string[]> {
    const needed = new Set(await this.rows.kids());
    const gone = ring.older.map(({ kid }) => kid).filter((kid) => !needed.has(kid));
    const isDropping = gone.length > 0 && this.masterKeys.keptAt.isWritable;
    if (resealed > 0 || isDropping) {
      const detail = { kid: ring.current.kid, replaced: gone, rows: resealed };
      await this.database.transaction((q) =>
        this.audit.append(q, { atMs: this.clock.nowMs(), actor, action: 'master_key_rotated', keyId: null, detail }),
      );
    }
    if (!isDropping) return gone;
    await this.database.transaction(async (q) => {
      // From here on nobody stores a row: none can come under a key that is about to go.
      await ownSealing(q);
      await assertStillOwned(guard);
      await this.masterKeys.replace(ring.keeping(new Set(await this.rows.kids())));
    });
    return gone;
  }
}
