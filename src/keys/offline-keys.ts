import type { Clock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import { type ListEnvelope, ProblemError } from '../platform/http/index.js';
import type { Log } from '../platform/logging/index.js';
import type { Database } from '../platform/prisma/index.js';
import { AuditHead } from './audit/audit-head.js';
import { AuditReader, type AuditView } from './audit/audit-reader.js';
import { type AuditReport, AuditVerifier } from './audit/audit-verifier.js';
import { AuditRepository } from './audit/audit.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import { KeyAdmission } from './key-admission.js';
import type { KeyView } from './key-health.js';
import { KeyStore } from './key-store.js';
import { deletionGuide } from './health/deletion-guide.js';
import { type Compromised, keysMeant, type ManyCompromised } from './lifecycle/key-compromise.js';
import { KeyTimeline } from './lifecycle/key-timeline.js';
import { type StoredKey, viewOf } from './stored-key.js';
import { SignedCallsRepository } from './usage/signed-calls.repository.js';
import { type UsageCall, UsageReader } from './usage/usage-reader.js';
import { MasterKeys } from './vault/master-keys.js';
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
  private readonly credentials: CredentialsRepository;
  private readonly head: AuditHead;
  private readonly audit: AuditRepository;
  private readonly auditReader: AuditReader;
  private readonly usageReader: UsageReader;
  private readonly store: KeyStore;
  private readonly admission: KeyAdmission;

  private constructor(private readonly around: KeySurroundings) {
    const { database, settings, clock, log } = around;
    this.credentials = new CredentialsRepository(database);
    this.head = new AuditHead(database, settings, log);
    this.audit = new AuditRepository(this.head);
    this.auditReader = new AuditReader(database, this.audit);
    this.usageReader = new UsageReader(new SignedCallsRepository(database), clock);
    const masterKeys = new MasterKeys(this.credentials, new SettingsMasterKeySource(settings, log));
    const vault = new VaultService(this.credentials, masterKeys, settings);
    this.store = new KeyStore(database, this.credentials, this.audit, clock);
    this.admission = new KeyAdmission(vault, null, this.store, clock, settings);
  }

  /** Opens no vault: who lost the master key must still be able to see and remove what it sealed. */
  static over(around: KeySurroundings): OfflineKeys {
    return new OfflineKeys(around);
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
    if (key.state === 'disabled' || key.state === 'compromised') return viewOf(key);
    return viewOf((await this.store.disable(key, actor)) ?? (await this.stored(id)));
  }

  async remove(id: string, actor: string): Promise<void> {
    await this.store.remove(await this.stored(id), actor);
  }

  /** Marks a key that leaked and shreds its secret; wants no master key. */
  async compromise(id: string, actor: string): Promise<Compromised> {
    const [answer] = await this.mark([await this.stored(id)], actor);
    if (!answer) throw new Error('a key was marked without an answer');
    return answer;
  }

  /** The same for `{exchange}` or `{all: true}`. */
  async compromiseMany(body: unknown, actor: string): Promise<ManyCompromised> {
    const keys = keysMeant(await this.credentials.list(), body);
    const already = keys.filter(({ state }) => state === 'compromised');
    const fresh = keys.filter(({ state }) => state !== 'compromised');
    const data = await this.mark(fresh, actor);
    return { data, alreadyCompromised: already.map(viewOf), nextCursor: null, hasMore: false };
  }

  /** Every call of a key, stored or removed, newest first: see {@link UsageReader.all}. */
  usage(id: string, query: unknown): AsyncIterable<UsageCall> {
    return this.usageReader.all(id, query);
  }

  /** A page of the audit: see {@link AuditReader.page}. */
  auditPage(query: unknown): Promise<ListEnvelope<AuditView>> {
    return this.auditReader.page(query);
  }

  /** Walks the chain of the audit. */
  verifyAudit(): Promise<AuditReport> {
    return new AuditVerifier(this.around.database, this.audit, this.head).verify();
  }

  /** Brings what is kept outside of the database up to date; to be called before the database is closed. */
  close(): Promise<void> {
    return this.head.close();
  }

  private async mark(keys: readonly StoredKey[], actor: string): Promise<Compromised[]> {
    const nowMs = this.around.clock.nowMs();
    const fresh = keys.filter(({ state }) => state !== 'compromised');
    await this.store.compromise(
      fresh.map((key) => ({ ...key, state: 'compromised', stateSinceMs: nowMs })),
      actor,
    );
    const timelines = new KeyTimeline(
      this.usageReader,
      new SignedCallsRepository(this.around.database),
      this.auditReader,
    );
    const answers: Compromised[] = [];
    for (const key of keys) {
      const now = { ...key, state: 'compromised' as const };
      answers.push({
        key: viewOf(now),
        wasCompromised: !fresh.includes(key),
        shredding: 'done',
        deletion: deletionGuide(key),
        timeline: await timelines.of(key, nowMs),
      });
    }
    return answers;
  }

  private async stored(id: string): Promise<StoredKey> {
    const key = await this.credentials.find(id);
    if (!key) throw new ProblemError(404, 'unknown_key', `there is no key ${JSON.stringify(id)}`, 'id');
    return key;
  }
}
