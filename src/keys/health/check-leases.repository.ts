import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';

/** While a check runs, so that a service that dies in it holds the key up for no longer, milliseconds. */
const RUNNING_MS = 60_000;

/** What came of asking for the next check of a key. */
export type Claim = { readonly isOurs: true } | { readonly isOurs: false; readonly freeInMs: number };

/**
 * Says which of several services on one database checks a key: the column `check_lease_until` of `credentials`, by the
 * clock of the database.
 */
@Injectable()
export class CheckLeases {
  /** The lease that this process holds, by key, as the database wrote it; bounded by the stored keys. */
  private readonly held = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /** Asks for the next check of a key; our own lease does not stand in the way, and a key that is gone is free at once. */
  async claim(keyId: string): Promise<Claim> {
    const [claimed] = await this.database.query<{ until: string }>(
      `UPDATE credentials SET check_lease_until = now() + $2 * interval '1 millisecond'
       WHERE id = $1 AND (check_lease_until IS NULL OR check_lease_until <= now() OR check_lease_until = $3::timestamptz)
       RETURNING check_lease_until::text AS until`,
      [keyId, RUNNING_MS, this.held.get(keyId) ?? null],
    );
    if (claimed) {
      this.held.set(keyId, claimed.until);
      return { isOurs: true };
    }
    const [other] = await this.database.query<{ free_in_ms: number | null }>(
      `SELECT (extract(epoch FROM check_lease_until - now()) * 1000)::double precision AS free_in_ms
       FROM credentials WHERE id = $1`,
      [keyId],
    );
    return { isOurs: false, freeInMs: Math.max(0, other?.free_in_ms ?? 0) };
  }

  /** Keeps a key that was just checked from being checked by others for a time. */
  async keep(keyId: string, forMs: number): Promise<void> {
    const [kept] = await this.database.query<{ until: string }>(
      `UPDATE credentials SET check_lease_until = now() + $2 * interval '1 millisecond'
       WHERE id = $1 RETURNING check_lease_until::text AS until`,
      [keyId, Math.round(forMs)],
    );
    if (kept) this.held.set(keyId, kept.until);
    else this.held.delete(keyId);
  }

  /** Gives back what this process holds, so that the next one checks at its start. */
  async release(): Promise<void> {
    const held = [...this.held].map(([id, until]) => ({ id, until }));
    this.held.clear();
    if (held.length === 0) return;
    await this.database.query(
      `UPDATE credentials SET check_lease_until = NULL
       FROM jsonb_to_recordset($1::jsonb) AS held(id text, until timestamptz)
       WHERE credentials.id = held.id AND credentials.check_lease_until = held.until`,
      [JSON.stringify(held)],
    );
  }
}
