import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Database, type Queries } from '../platform/prisma/index.js';
import type { AuditAction, AuditEntry } from './audit/audit-chain.js';
import { AuditRepository } from './audit/audit.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import type { Finding } from './key-health.js';
import type { KeyCheck, StoredKey } from './stored-key.js';
import { shareSealing } from './vault/sealing-lock.js';
import type { SealIn } from './vault/vault.service.js';

/** Changes to stored keys; each stands or falls together with its line in the audit. */
@Injectable()
export class KeyStore {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialsRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** The key that has one of some fingerprints, null when there is none. */
  twinOf(fingerprints: readonly string[]): Promise<StoredKey | null> {
    return this.credentials.findByFingerprint(fingerprints);
  }

  /**
   * Stores a key.
   *
   * @param key - Its fingerprint is taken from the seal.
   * @param seal - Seals it; called in the transaction that stores it, in which the master key stays the current one.
   * @param actor - Who asks, for the audit.
   * @returns The key as it is stored; null when the same key was stored meanwhile.
   */
  add(key: StoredKey, seal: SealIn, actor: string): Promise<StoredKey | null> {
    return this.database.transaction(async (q) => {
      const stored = await this.insert(q, key, seal);
      if (stored) await this.audit.append(q, this.entry('key_added', actor, stored));
      return stored;
    });
  }

  /** Null when the same key is stored already, whichever master key its fingerprint was made with. */
  private async insert(q: Queries, key: StoredKey, seal: SealIn): Promise<StoredKey | null> {
    await shareSealing(q);
    const sealed = await seal(q);
    if (await this.credentials.findByFingerprint(sealed.olderFingerprints, q)) return null;
    const stored = { ...key, fingerprint: sealed.fingerprint };
    return (await this.credentials.insert(q, stored, sealed)) ? stored : null;
  }

  /**
   * Writes down that a key was offered and turned away.
   *
   * @param twinId - The stored key that is the same, null where none is.
   */
  async refuse(
    key: Pick<StoredKey, 'exchange' | 'label' | 'account'>,
    reason: string,
    actor: string,
    twinId: string | null = null,
  ): Promise<void> {
    const { exchange, label, account } = key;
    const atMs = this.clock.nowMs();
    const detail = { exchange, label, account, reason };
    const entry = { atMs, actor, action: 'key_refused', keyId: twinId, detail } as const;
    await this.database.transaction((q) => this.audit.append(q, entry));
  }

  /** Stores the verdict after its owner acknowledged findings, and writes down which ones and what was seen. */
  async acknowledge(key: StoredKey, check: KeyCheck, findings: readonly Finding[], actor: string): Promise<void> {
    const entry = this.entry('key_acknowledged', actor, key);
    const acknowledged = findings.map(({ code, seen }) => ({ code, seen }));
    await this.database.transaction(async (q) => {
      await this.credentials.saveCheck(key.id, check, q);
      await this.audit.append(q, { ...entry, detail: { ...entry.detail, findings: acknowledged } });
    });
  }

  /** Disables a key; returns it as it stands then, null when it was removed, disabled or compromised meanwhile. */
  async disable(key: StoredKey, actor: string): Promise<StoredKey | null> {
    const disabled: StoredKey = { ...key, state: 'disabled', stateSinceMs: this.clock.nowMs() };
    const isDone = await this.database.transaction(async (q) => {
      if (!(await this.credentials.setState(q, disabled))) return false;
      await this.audit.append(q, this.entry('key_disabled', actor, key));
      return true;
    });
    return isDone ? disabled : null;
  }

  /**
   * Puts a key in the place of another: the new one is active, and the old one kept as it is until its calls have ended.
   *
   * @param seal - Seals the new one, as for {@link add}.
   * @returns The new key as it is stored; `replaced` when the old key is not active any more, or was replaced meanwhile;
   * `duplicate` when the new key is stored already. Nothing is changed then.
   */
  rotate(
    old: StoredKey,
    successor: StoredKey,
    seal: SealIn,
    actor: string,
  ): Promise<StoredKey | 'replaced' | 'duplicate'> {
    return this.database.transaction(async (q) => {
      if (!(await this.credentials.holdActive(q, old.id))) return 'replaced';
      const stored = await this.insert(q, successor, seal);
      if (!stored) return 'duplicate';
      await this.credentials.setReplacedBy(q, old.id, successor.id);
      await this.credentials.setState(q, { id: old.id, state: 'grace', stateSinceMs: successor.addedAtMs }, 'active');
      await this.audit.append(q, this.entry('key_rotated', actor, old, { replacedBy: successor.id }));
      await this.audit.append(q, this.entry('key_rotated', actor, stored, { replaces: old.id }));
      return stored;
    });
  }

  /** Ends the grace of a replaced key; null when it is over already. */
  async retire(key: StoredKey, actor: string): Promise<StoredKey | null> {
    const retired: StoredKey = { ...key, state: 'awaiting_deletion', stateSinceMs: this.clock.nowMs() };
    const isDone = await this.database.transaction(async (q) => {
      if (!(await this.credentials.setState(q, retired, 'grace'))) return false;
      await this.audit.append(q, this.entry('key_retired', actor, key, { replacedBy: key.replacedBy }));
      return true;
    });
    return isDone ? retired : null;
  }

  /** Writes down that a replaced key was deleted at its exchange, and shreds its secret; null when it waits no more. */
  async noteDeletion(key: StoredKey, actor: string): Promise<StoredKey | null> {
    const deleted: StoredKey = { ...key, state: 'disabled', stateSinceMs: this.clock.nowMs() };
    const isDone = await this.database.transaction(async (q) => {
      if (!(await this.credentials.setState(q, deleted, 'awaiting_deletion'))) return false;
      await this.credentials.shred(q, key.id);
      await this.audit.append(q, this.entry('key_deletion_seen', actor, key));
      return true;
    });
    return isDone ? deleted : null;
  }

  /** Marks keys as compromised and shreds their secrets, all of them or none; those that are so already are left alone. */
  async compromise(keys: readonly StoredKey[], actor: string): Promise<void> {
    await this.database.transaction(async (q) => {
      const marked: StoredKey[] = [];
      for (const key of keys) {
        if (!(await this.credentials.setState(q, { ...key, state: 'compromised' }))) continue;
        await this.credentials.shred(q, key.id);
        marked.push(key);
      }
      // Last: the place in the audit is held until the transaction ends.
      for (const key of marked) {
        const detail = { compromisedAtMs: key.stateSinceMs };
        await this.audit.append(q, this.entry('key_compromised', actor, key, detail));
      }
    });
  }

  /** Deletes a key with its sealed secrets; false when it is gone already. */
  remove(key: StoredKey, actor: string): Promise<boolean> {
    return this.database.transaction(async (q) => {
      if (!(await this.credentials.remove(q, key.id))) return false;
      await this.audit.append(q, this.entry('key_removed', actor, key));
      return true;
    });
  }

  private entry(action: AuditAction, actor: string, key: StoredKey, more: Record<string, unknown> = {}): AuditEntry {
    const { id, exchange, label, account, purposes } = key;
    const detail = { exchange, label, account, purposes, ...more };
    return { atMs: this.clock.nowMs(), actor, action, keyId: id, detail };
  }
}
