import { Injectable } from '@nestjs/common';
import type { SignedCall } from '../../exchanges/index.js';
import { Database } from '../../platform/prisma/index.js';

/** Position in the usage log, newest first. */
export interface UsagePosition {
  /** Microseconds since the epoch, exact. */
  readonly atUs: number;
  readonly id: string;
}

/** A stored signed call with its position. */
export interface UsageRow extends UsagePosition {
  readonly call: SignedCall;
}

interface Row {
  readonly id: string;
  readonly at_us: string;
  readonly exchange: string;
  readonly method: string;
  readonly path: string;
  readonly outcome: SignedCall['outcome'];
  readonly duration_ms: number;
}

/** Rows deleted per statement, so that no delete holds the table for long. */
const DELETE_CHUNK = 10_000;

/** The table `signed_calls`. */
@Injectable()
export class SignedCallsRepository {
  constructor(private readonly database: Database) {}

  /** Stores a batch and the last use of its keys in one statement. */
  async insert(calls: readonly SignedCall[]): Promise<void> {
    await this.database.query(
      `WITH batch AS (
         SELECT to_timestamp("atMs" / 1000) AS at, "keyId", exchange, method, path, outcome, "durationMs"
         FROM jsonb_to_recordset($1::jsonb) AS c("atMs" double precision, "keyId" text, exchange text, method text,
           path text, outcome text, "durationMs" double precision)
       ), used AS (
         UPDATE credentials SET last_used_at = greatest(last_used_at, latest.at)
         FROM (SELECT "keyId", max(at) AS at FROM batch GROUP BY "keyId") AS latest
         WHERE credentials.id = latest."keyId"
       )
       INSERT INTO signed_calls (at, key_id, exchange, method, path, outcome, duration_ms) SELECT * FROM batch`,
      [JSON.stringify(calls)],
    );
  }

  /** The calls of one key, newest first, after a position. */
  async list(keyId: string, limit: number, after: UsagePosition | null): Promise<UsageRow[]> {
    const rows = await this.database.query<Row>(
      `SELECT id::text, (extract(epoch FROM at) * 1000000)::bigint::text AS at_us, exchange, method, path, outcome,
         duration_ms
       FROM signed_calls
       WHERE key_id = $1 ${after ? "AND (at, id) < ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::bigint)" : ''}
       ORDER BY at DESC, id DESC LIMIT $2`,
      after ? [keyId, limit, after.atUs, after.id] : [keyId, limit],
    );
    return rows.map(({ id, at_us, duration_ms, ...rest }) => ({
      id,
      atUs: Number(at_us),
      call: { ...rest, keyId, durationMs: duration_ms, atMs: Number(at_us) / 1000 },
    }));
  }

  /** Deletes what is older than a time, in chunks; returns how many rows went. */
  async deleteBefore(atMs: number): Promise<number> {
    let total = 0;
    for (;;) {
      const [row] = await this.database.query<{ n: number }>(
        `WITH gone AS (
           DELETE FROM signed_calls WHERE (at, id) IN (
             SELECT at, id FROM signed_calls WHERE at < to_timestamp($1::double precision / 1000) ORDER BY at, id LIMIT $2)
           RETURNING 1)
         SELECT count(*)::int AS n FROM gone`,
        [atMs, DELETE_CHUNK],
      );
      const n = row?.n ?? 0;
      total += n;
      if (n < DELETE_CHUNK) return total;
    }
  }
}
