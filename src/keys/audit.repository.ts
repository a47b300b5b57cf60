import { Injectable } from '@nestjs/common';
import type { Database } from '../platform/prisma/index.js';

/** One change to a key. */
export interface AuditEntry {
  readonly atMs: number;
  /** Who asked for it. */
  readonly actor: string;
  readonly action: 'key_added' | 'key_refused' | 'key_disabled' | 'key_removed';
  readonly keyId: string | null;
  /** Exchange, label, reason …; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The append-only table `audit_log`. */
@Injectable()
export class AuditRepository {
  /** Appends inside the caller's transaction, so that a change and its trace stand or fall together. */
  async append(q: Pick<Database, 'query'>, entry: AuditEntry): Promise<void> {
    await q.query(
      `INSERT INTO audit_log (at, actor, action, key_id, detail)
       VALUES (to_timestamp($1::double precision / 1000), $2, $3, $4, $5)`,
      [entry.atMs, entry.actor, entry.action, entry.keyId, JSON.stringify(entry.detail)],
    );
  }
}
