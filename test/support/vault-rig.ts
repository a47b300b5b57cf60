import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Secret } from '../../src/exchanges/index.js';
import { AuditRepository } from '../../src/keys/audit/audit.repository.js';
import { CredentialsRepository } from '../../src/keys/credentials.repository.js';
import { KeyStore } from '../../src/keys/key-store.js';
import { TargetSecretsRepository } from '../../src/keys/target-secrets.repository.js';
import type { StoredKey } from '../../src/keys/stored-key.js';
import type { Keyring } from '../../src/keys/vault/keyring.js';
import { MasterKeyRotation } from '../../src/keys/vault/master-key-rotation.js';
import { MasterKeys } from '../../src/keys/vault/master-keys.js';
import { RowResealer } from '../../src/keys/vault/row-resealer.js';
import { SettingsMasterKeySource } from '../../src/keys/vault/settings-master-key-source.js';
import { VaultService } from '../../src/keys/vault/vault.service.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import type { Settings } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Database } from '../../src/platform/prisma/index.js';

/** The vault of one process over a database and a data directory, as modules put it together. */
export class VaultRig {
  readonly credentials: CredentialsRepository;
  readonly source: SettingsMasterKeySource;
  readonly masterKeys: MasterKeys;
  readonly vault: VaultService;
  readonly rotation: MasterKeyRotation;
  readonly store: KeyStore;

  constructor(
    database: Database,
    private readonly dataDir: string,
    settings: Partial<Settings> = {},
    wrap: (source: SettingsMasterKeySource) => SettingsMasterKeySource = (source) => source,
  ) {
    const log = openLog('silent');
    const clock = new SystemClock();
    this.credentials = new CredentialsRepository(database);
    this.source = wrap(new SettingsMasterKeySource({ dataDir, ...settings }, log));
    this.masterKeys = new MasterKeys(this.credentials, this.source);
    this.vault = new VaultService(this.credentials, this.masterKeys, { keys: { acceptWithdrawal: false } });
    const rows = new RowResealer(database, this.credentials, new TargetSecretsRepository(database), log);
    this.rotation = new MasterKeyRotation(database, new AuditRepository(), this.masterKeys, rows, clock);
    this.store = new KeyStore(database, this.credentials, new AuditRepository(), clock);
  }

  /** Seals and stores a key; its secret and passphrase are told by its API key. */
  async add(apiKey: string): Promise<StoredKey | null> {
    const id = randomUUID();
    const plain = { apiKey: new Secret(apiKey), secret: new Secret(`secret of ${apiKey}`), passphrase: null };
    const key: StoredKey = {
      ...{ id, exchange: 'binance', label: apiKey, account: 'main', purposes: ['fees'], state: 'active' },
      ...{ fingerprint: '', check: null, addedAtMs: Date.now(), lastUsedAtMs: null, stateSinceMs: Date.now() },
      ...{ replacedBy: null, acceptsWithdrawal: false },
    };
    return this.store.add(key, (q) => this.vault.seal(q, { id, exchange: 'binance' }, plain), 'test');
  }

  /** Labels of all keys whose secrets open and are their own. */
  async opened(): Promise<string[]> {
    const labels: string[] = [];
    for (const key of await this.credentials.list()) {
      const credential = await this.vault.credentialOf(key);
      if (credential?.apiKey.reveal() !== key.label) continue;
      if (credential.secret?.reveal() === `secret of ${key.label}`) labels.push(key.label);
    }
    return labels.sort();
  }

  /** The ring on the disk. */
  async onDisk(): Promise<Keyring> {
    const ring = await new SettingsMasterKeySource({ dataDir: this.dataDir }, openLog('silent')).load();
    if (!ring) throw new Error('there is no master key on the disk');
    return ring;
  }

  get file(): string {
    return path.join(this.dataDir, 'master.key');
  }

  fileText(): string {
    return readFileSync(this.file, 'utf8');
  }
}
