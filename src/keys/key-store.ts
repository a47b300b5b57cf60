import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/prisma/index.js';
import { type AuditEntry, AuditRepository } from './audit.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import type { SealedSecrets, StoredKey } from './stored-key.js';

/** Changes to stored keys; each stands or falls together with its line in the audit. */
@Injectable()
export class KeyStore {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialsRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** The key that has a fingerprint, null when there is none. */
  twinOf(fingerprint: string): Promise<StoredKey | null> {
    return this.credentials.findByFingerprint(fingerprint);
  }

  /** Stores a key; false when the same key was stored meanwhile. */
  add(key: StoredKey, sealed: SealedSecrets, actor: string): Promise<boolean> {
    return this.database.transaction(async (q) => {
      if (!(await this.credentials.insert(q, key, sealed))) return false;
      await this.audit.append(q, this.entry('key_added', actor, key));
      return true;
    });
  }

  /** Writes down that a key was offered and turned away. */
  async refuse(key: Pick<StoredKey, 'exchange' | 'label' | 'account'>, reason: string, actor: string): Promise<void> {
    const { exchange, label, account } = key;
    const atMs = this.clock.nowMs();
    const detail = { exchange, label, account, reason };
    await this.audit.append(this.database, { atMs, actor, action: 'key_refused', keyId: null, detail });
  }

  async disable(key: StoredKey, actor: string): Promise<void> {
    await this.database.transaction(async (q) => {
      await this.credentials.setState(q, key.id, 'disabled');
      await this.audit.append(q, this.entry('key_disabled', actor, key));
    });
  }

  async remove(key: StoredKey, actor: string): Promise<void> {
    await this.database.transaction(async (q) => {
      await this.credentials.remove(q, key.id);
      await this.audit.append(q, this.entry('key_removed', actor, key));
    });
  }

  private entry(action: AuditEntry['action'], actor: string, key: StoredKey): AuditEntry {
    const { id, exchange, label, account, purposes } = key;
    return { atMs: this.clock.nowMs(), actor, action, keyId: id, detail: { exchange, label, account, purposes } };
  }
}
