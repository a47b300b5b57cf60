import type { KeySurroundings } from '../offline-keys.js';
import { AuditHead } from '../audit/audit-head.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { CredentialsRepository } from '../credentials.repository.js';
import { TargetSecretsRepository } from '../target-secrets.repository.js';
import { MasterKeyRotation, type RotationReport } from './master-key-rotation.js';
import { MasterKeyService, type MasterKeyStatus } from './master-key.service.js';
import { MasterKeys } from './master-keys.js';
import { type ResealProgress, RowResealer } from './row-resealer.js';
import { ownRotation } from './sealing-lock.js';
import { SettingsMasterKeySource } from './settings-master-key-source.js';

/** The master keys of a data directory that no service holds. */
export class OfflineMasterKey {
  private constructor(
    private readonly surroundings: KeySurroundings,
    private readonly source: SettingsMasterKeySource,
    private readonly masterKeys: MasterKeyService,
    private readonly head: AuditHead,
  ) {}

  static over(surroundings: KeySurroundings): OfflineMasterKey {
    const { database, settings, clock, log } = surroundings;
    const credentials = new CredentialsRepository(database);
    const source = new SettingsMasterKeySource(settings, log);
    const keys = new MasterKeys(credentials, source);
    const rows = new RowResealer(database, credentials, new TargetSecretsRepository(database), log);
    const head = new AuditHead(database, settings, log);
    const rotation = new MasterKeyRotation(database, new AuditRepository(head), keys, rows, clock);
    const masterKeys = new MasterKeyService(credentials, keys, rotation, clock, log);
    return new OfflineMasterKey(surroundings, source, masterKeys, head);
  }

  /** Where the master keys are kept. */
  get place(): string {
    return this.source.place;
  }

  /** @throws {VaultError} When the ring cannot be read. */
  status(): Promise<MasterKeyStatus> {
    return this.masterKeys.status();
  }

  /** @throws {VaultError} As {@link MasterKeyRotation.rotate}. */
  rotate(actor: string, progress: ResealProgress): Promise<RotationReport> {
    return this.masterKeys.rotate(actor, progress);
  }

  /** Brings what is kept outside of the database up to date; to be called before the database is closed. */
  close(): Promise<void> {
    return this.head.close();
  }

  /**
   * Locks the file of the master keys as the settings ask for.
   *
   * @returns False when it was locked so already.
   * @throws {VaultError} When the settings name no lock, the file has another one, or the lock does not answer.
   */
  lock(): Promise<boolean> {
    return this.surroundings.database.transaction(async (guard) => {
      await ownRotation(guard);
      return this.source.lockFile();
    });
  }

  /**
   * Takes the lock off again; the settings must still name it.
   *
   * @returns False when there was none.
   */
  unlock(): Promise<boolean> {
    return this.surroundings.database.transaction(async (guard) => {
      await ownRotation(guard);
      return this.source.unlockFile();
    });
  }
}
