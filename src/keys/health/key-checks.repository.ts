import { Injectable } from '@nestjs/common';
import type { KeyFacts, KeyProbeFailureCode } from '../../exchanges/index.js';
import { Database } from '../../platform/prisma/index.js';
import type { FindingCode, KeyHealth } from '../key-health.js';
import { deleteBefore, type RowPosition } from '../newest-first.js';

/** One finished check of a key. */
export interface PastCheck {
  readonly atMs: number;
  readonly outcome: 'ok' | KeyProbeFailureCode;
  /** The exchange's own code, where it refused. */
  readonly rawCode: string | null;
  readonly health: KeyHealth;
  readonly findings: readonly FindingCode[];
  /** What the exchange told at this check; null where it told nothing. */
  readonly facts: KeyFacts | null;
}

/** A stored check with its position. */
export interface CheckRow extends RowPosition {
  readonly check: PastCheck;
}

interface Row {
  readonly id: string;
  readonly at_us: string;
  readonly outcome: PastCheck['outcome'];
  readonly raw_code: string | null;
  readonly health: KeyHealth;
  readonly findings: FindingCode[];
  readonly facts: KeyFacts | null;
}

/** The table `key_checks`. */
@Injectable()
export class KeyChecksRepository {
  constructor(private readonly database: Database) {}

  async insert(keyId: string, check: PastCheck): Promise<void> {
    await this.database.query(
      `INSERT INTO key_checks (at, key_id, outcome, raw_code, health, findings, facts)
       VALUES (to_timestamp($1::double precision / 1000), $2, $3, $4, $5, $6, $7)`,
      [
        ...[check.atMs, keyId, check.outcome, check.rawCode, check.health, check.findings],
        check.facts === null ? null : JSON.stringify(check.facts),
      ],
    );
  }

  /** The checks of one key, newest first, after a position. */
  async list(keyId: string, limit: number, after: RowPosition | null): Promise<CheckRow[]> {
    const rows = await this.database.query<Row>(
      `SELECT id::text, (extract(epoch FROM at) * 1000000)::bigint::text AS at_us, outcome, raw_code, health, findings,
         facts
       FROM key_checks
       WHERE key_id = $1 ${after ? "AND (at, id) < ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::bigint)" : ''}
       ORDER BY at DESC, id DESC LIMIT $2`,
      after ? [keyId, limit, after.atUs, after.id] : [keyId, limit],
    );
    return rows.map(({ id, at_us, raw_code, ...rest }) => ({
      id,
      atUs: Number(at_us),
      check: { ...rest, atMs: Number(at_us) / 1000, rawCode: raw_code },
    }));
  }

  /** Deletes what is older than a time, in chunks; returns how many rows went. */
  deleteBefore(atMs: number): Promise<number> {
    return deleteBefore(this.database, 'key_checks', atMs);
  }
}
