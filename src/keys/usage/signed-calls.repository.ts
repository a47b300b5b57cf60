import { Injectable } from '@nestjs/common';
import type { SignedCall } from '../../exchanges/index.js';
import { Database } from '../../platform/prisma/index.js';
import { conditionsOf, deleteBefore, rangeParts, type RowPosition } from '../newest-first.js';

/** A stored signed call with its position. */
export interface UsageRow extends RowPosition {
  readonly call: SignedCall;
}

/** Which calls are meant; every part that is there must hold. */
export interface UsageFilter {
  /** Epoch ms, from this on. */
  readonly from?: number | undefined;
  /** Epoch ms, before this. */
  readonly to?: number | undefined;
  readonly outcome?: string | undefined;
}

/** Calls of one hour that ended alike. */
export interface HourCount {
  /** When the hour begins, epoch ms. */
  readonly hourMs: number;
  readonly outcome: SignedCall['outcome'];
  readonly calls: number;
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

/** No call lasts longer, milliseconds. */
const MAX_CALL_MS = 600_000;

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

  /** The calls of one key that fit a filter, newest first, after a position. */
  async list(keyId: string, limit: number, after: RowPosition | null, filter: UsageFilter = {}): Promise<UsageRow[]> {
    const values: unknown[] = [keyId, limit];
    const where = conditionsOf(partsOf(filter), values);
    if (after) {
      values.push(after.atUs, after.id);
      const at = `'epoch'::timestamptz + $${values.length - 1}::bigint * interval '1 microsecond'`;
      where.push(`(at, id) < (${at}, $${values.length}::bigint)`);
    }
    const rows = await this.database.query<Row>(
      `SELECT id::text, (extract(epoch FROM at) * 1000000)::bigint::text AS at_us, exchange, method, path, outcome,
         duration_ms
       FROM signed_calls
       WHERE ${['key_id = $1', ...where].join(' AND ')}
       ORDER BY signed_calls.at DESC, signed_calls.id DESC LIMIT $2`,
      values,
    );
    return rows.map(({ id, at_us, duration_ms, ...rest }) => ({
      id,
      atUs: Number(at_us),
      call: { ...rest, keyId, durationMs: duration_ms, atMs: Number(at_us) / 1000 },
    }));
  }

  /** Tells whether a call with a key was under way between two moments. */
  async isUsedBetween(keyId: string, fromMs: number, toMs: number): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM signed_calls
       WHERE key_id = $1 AND at <= to_timestamp($3::double precision / 1000)
         AND at >= to_timestamp(($2::double precision - $4::double precision) / 1000)
         AND at + duration_ms * interval '1 millisecond' >= to_timestamp($2::double precision / 1000)
       LIMIT 1`,
      [keyId, fromMs, toMs, MAX_CALL_MS],
    );
    return rows.length > 0;
  }

  /** How many calls of one key ended how in each hour from a time on and before another, epoch ms; hours in order. */
  async hours(keyId: string, from: number, to: number): Promise<HourCount[]> {
    const values: unknown[] = [keyId];
    const where = conditionsOf(rangeParts({ from, to }), values);
    return this.database.query<HourCount>(
      `SELECT (extract(epoch FROM date_bin('1 hour', at, 'epoch'::timestamptz)) * 1000)::double precision AS "hourMs",
         outcome, count(*)::int AS calls
       FROM signed_calls WHERE ${['key_id = $1', ...where].join(' AND ')}
       GROUP BY 1, 2 ORDER BY 1, 2`,
      values,
    );
  }

  /** Whether any call of a key is kept. */
  async knows(keyId: string): Promise<boolean> {
    return (await this.database.query('SELECT 1 FROM signed_calls WHERE key_id = $1 LIMIT 1', [keyId])).length > 0;
  }

  /** Deletes what is older than a time, in chunks; returns how many rows went. */
  deleteBefore(atMs: number): Promise<number> {
    return deleteBefore(this.database, 'signed_calls', atMs);
  }
}

function partsOf({ from, to, outcome }: UsageFilter): readonly (readonly [string, unknown])[] {
  return [...rangeParts({ from, to }), ['outcome = $', outcome]];
}
