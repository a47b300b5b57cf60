import type { Clock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import { ProblemError } from '../platform/http/index.js';
import type { Log } from '../platform/logging/index.js';
import type { Database } from '../platform/prisma/index.js';
import { AuditRepository } from './audit.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import { KeyAdmission } from './key-admission.js';
import type { KeyView } from './key-health.js';
import { KeyStore } from './key-store.js';
import { type StoredKey, viewOf } from './stored-key.js';
import { SettingsMasterKeySource } from './vault/settings-master-key-source.js';
import { VaultService } from './vault/vault.service.js';

/** What the keys need of their surroundings. */
export interface KeySurroundings {
  readonly database: Database;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/** The keys of a data directory that no service holds: the same rules and traces, but no exchange is asked. */
export class OfflineKeys {
  private constructor(
    private readonly credentials: CredentialsRepository,
    private readonly store: KeyStore,
    private readonly admission: KeyAdmission,
  ) {}

  /** Opens no vault: who lost the master key must still be able to see and remove what it sealed. */
  static over({ database, settings, clock, log }: KeySurroundings): OfflineKeys {
    const credentials = new CredentialsRepository(database);
    const vault = new VaultService(credentials, new SettingsMasterKeySource(settings, log), settings);
    const store = new KeyStore(database, credentials, new AuditRepository(), clock);
    return new OfflineKeys(credentials, store, new KeyAdmission(vault, null, store, clock, settings));
  }

  async list(): Promise<KeyView[]> {
    return (await this.credentials.list()).map(viewOf);
  }

  /**
   * Seals and stores a key; the service checks it when it starts.
   *
   * @throws {VaultError} When the keys that are stored already are sealed with another master key than the one at hand.
   */
  async add(body: unknown, actor: string): Promise<KeyView> {
    return viewOf((await this.admission.admit(body, actor)).key);
  }

  async disable(id: string, actor: string): Promise<KeyView> {
    const key = await this.stored(id);
    if (key.state !== 'disabled') await this.store.disable(key, actor);
    return viewOf({ ...key, state: 'disabled' });
  }

  async remove(id: string, actor: string): Promise<void> {
    await this.store.remove(await this.stored(id), actor);
  }

  private async stored(id: string): Promise<StoredKey> {
    const key = await this.credentials.find(id);
    if (!key) throw new ProblemError(404, 'unknown_key', `there is no key ${JSON.stringify(id)}`, 'id');
    return key;
  }
}
