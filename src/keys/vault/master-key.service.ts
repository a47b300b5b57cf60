import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Log } from '../../platform/logging/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { Keyring } from './keyring.js';
import type { LockKind } from './locks/keyring-lock.js';
import { MasterKeyRotation, type RotationReport } from './master-key-rotation.js';
import { MasterKeys } from './master-keys.js';
import type { ResealProgress } from './row-resealer.js';

/** One master key as it is shown: never its bytes. */
export interface MasterKeyView {
  /** Its name in the rows that it sealed. */
  readonly kid: string;
  readonly isCurrent: boolean;
  /** Keys that are sealed with it. */
  readonly rows: number;
  readonly createdAtMs: number | null;
  readonly ageMs: number | null;
}

/** The master keys as they are shown. */
export interface MasterKeyStatus {
  /** Where they are kept. */
  readonly place: string;
  readonly lock: LockKind;
  /** True while rows are sealed with an older key: a rotation was stopped, or is under way. */
  readonly isRotating: boolean;
  /** The current one first. */
  readonly keys: readonly MasterKeyView[];
}

/** What may be seen and done of the master keys from outside. */
@Injectable()
export class MasterKeyService implements OnApplicationBootstrap {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly masterKeys: MasterKeys,
    private readonly rotation: MasterKeyRotation,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Tells that older keys are still in the ring: a rotation was stopped, or its last step is the owner's. */
  async onApplicationBootstrap(): Promise<void> {
    const { current, older } = await this.masterKeys.ring();
    if (older.length === 0) return;
    const fields = { kid: current.kid, older: older.map(({ kid }) => kid), place: this.masterKeys.keptAt.place };
    this.log.warn(
      'older master keys are still there; "keys master rotate" seals all keys under the current one',
      fields,
    );
  }

  /** @throws {VaultError} When the ring cannot be read, or rows name a key that is not in it. */
  async status(): Promise<MasterKeyStatus> {
    const { place, lockKind: lock } = this.masterKeys.keptAt;
    const rows = await this.credentials.rowsByKid();
    // To look makes no key where there is none yet.
    const ring = rows.length === 0 ? await this.masterKeys.atItsPlace() : await this.masterKeys.fresh();
    const keys = ring ? this.views(ring, new Map(rows.map(({ kid, rows: count }) => [kid, count]))) : [];
    return { place, lock, isRotating: keys.some(({ isCurrent, rows: count }) => !isCurrent && count > 0), keys };
  }

  /** @throws {VaultError} As {@link MasterKeyRotation.rotate}. */
  rotate(actor: string, progress?: ResealProgress): Promise<RotationReport> {
    return this.rotation.rotate(actor, progress);
  }

  private views(ring: Keyring, rowsByKid: ReadonlyMap<string, number>): MasterKeyView[] {
    const nowMs = this.clock.nowMs();
    return ring.keys.map(({ kid, createdAtMs }) => ({
      kid,
      isCurrent: kid === ring.current.kid,
      rows: rowsByKid.get(kid) ?? 0,
      createdAtMs,
      ageMs: createdAtMs === null ? null : Math.max(0, Math.round(nowMs - createdAtMs)),
    }));
  }
}
