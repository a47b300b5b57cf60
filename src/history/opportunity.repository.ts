import { Injectable } from '@nestjs/common';
import type { Opportunity } from '../core/opportunity/opportunity.js';
import { Database } from '../platform/prisma/index.js';
import { jsonSlices } from './json-slices.js';
import { PartitionRepository } from './partition.repository.js';
import type { OpportunityQuery } from './opportunity-query.js';
import {
  DETAIL_COLUMNS,
  fromRow,
  type OpportunityRow,
  RECORD_COLUMNS,
  type StoredOpportunity,
  toRecord,
} from './opportunity-row.js';
import { whereOf } from './opportunity-where.js';

const NAMES = Object.keys(RECORD_COLUMNS);
const DEFINITIONS = Object.entries(RECORD_COLUMNS).map(([name, type]) => `"${name}" ${type}`);
/** What a later revision replaces: all but the key; what is not told with each is joined with what was told before. */
const REPLACED = NAMES.filter((name) => name !== 'id').map((name) =>
  DETAIL_COLUMNS.includes(name)
    ? `"${name}" = coalesce(stored."${name}" || excluded."${name}", excluded."${name}", stored."${name}")`
    : `"${name}" = excluded."${name}"`,
);
const LISTED = NAMES.filter((name) => !DETAIL_COLUMNS.includes(name)).map((name) => `"${name}"`);

/**
 * Many rows a statement: a tenth of the CPU of an insert per row.
 *
 * Idempotent on (id, revision): an older or equal revision changes nothing. One exception: a row that another detector
 * closed for us while our lease had run out is taken back by the state that we still hold.
 */
const SAVE = `
  INSERT INTO opportunities AS stored (opened_at, ${NAMES.map((name) => `"${name}"`).join(', ')})
  SELECT to_timestamp(opened_at_ms / 1000), ${NAMES.map((name) => `"${name}"`).join(', ')}
  FROM jsonb_to_recordset($1::jsonb) AS batch(${DEFINITIONS.join(', ')})
  ON CONFLICT (opened_at, id) DO UPDATE SET ${REPLACED.join(', ')}
  WHERE excluded.revision > stored.revision
    OR (excluded.revision = stored.revision AND stored.state = 'closed' AND excluded.state = 'open')`;

/** What tells one state of an opportunity from another. */
export type OpportunityState = Pick<Opportunity, 'id' | 'revision' | 'state'>;

/** The stored opportunities. */
@Injectable()
export class OpportunityRepository {
  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionRepository,
  ) {}

  /**
   * Stores the newest state of each.
   *
   * @param batch - Each id at most once.
   * @throws {DatabaseError} When not all of it was stored; what was is the same when it is stored again.
   */
  async save(batch: readonly Opportunity[]): Promise<void> {
    try {
      await this.partitions.ensure(
        'opportunities',
        batch.map(({ openedAtMs }) => openedAtMs),
      );
      for await (const text of jsonSlices(recordsOf(batch))) await this.database.query(SAVE, [text]);
    } catch (error) {
      this.partitions.forget();
      throw error;
    }
  }

  /**
   * Lists opportunities in the order of (opened time, id).
   *
   * @param query - What is asked for.
   * @param nowMs - Our clock: those still open have lasted until now.
   * @param signal - Ends the reading.
   * @returns Up to one more than `query.limit`, so that the caller sees whether there are more; without details.
   */
  async list(query: OpportunityQuery, nowMs: number, signal?: AbortSignal): Promise<StoredOpportunity[]> {
    return (await this.page<OpportunityRow>(LISTED, query, nowMs, signal)).map(fromRow);
  }

  /** The same rows by what tells one state of them from another: a fraction of the cost of {@link list}. */
  states(query: OpportunityQuery, nowMs: number): Promise<OpportunityState[]> {
    return this.page<OpportunityState>(['id', 'revision', 'state'], query, nowMs);
  }

  /**
   * Tells the data of a whole range from any other, without reading it out.
   *
   * @param query - What is asked for, without regard to its limit.
   * @param nowMs - Our clock.
   * @param signal - Ends the reading.
   * @returns A text; null while any of it is open.
   */
  async fingerprint(query: OpportunityQuery, nowMs: number, signal: AbortSignal): Promise<string | null> {
    const { where, params } = whereOf(query, nowMs);
    const [row] = await this.database.query<{ seen: string; open: boolean | null }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(id, revision)), 0) AS seen, bool_or(state = 'open') AS open
       FROM opportunities ${where}`,
      params,
      signal,
    );
    return row && row.open !== true ? row.seen : null;
  }

  private page<T extends object>(
    columns: readonly string[],
    query: OpportunityQuery,
    nowMs: number,
    signal?: AbortSignal,
  ): Promise<T[]> {
    const { where, params } = whereOf(query, nowMs);
    const direction = query.sort === 'openedAt' ? 'ASC' : 'DESC';
    return this.database.query<T>(
      `SELECT ${columns.join(', ')} FROM opportunities ${where}
       ORDER BY opened_at ${direction}, id ${direction} LIMIT ${query.limit + 1}`,
      params,
      signal,
    );
  }

  /** One by its id, with books and measures; null where there is none. */
  async find(id: string): Promise<StoredOpportunity | null> {
    const rows = await this.database.query<OpportunityRow>(
      `SELECT ${NAMES.join(', ')} FROM opportunities WHERE id = $1 ORDER BY opened_at DESC LIMIT 1`,
      [id],
    );
    return rows[0] ? fromRow(rows[0]) : null;
  }

  /**
   * Closes what detectors left open that no longer live, with the last time that was stored.
   *
   * @param epochs - Epochs of those detectors.
   * @returns How many were closed.
   */
  async closeLeftOpen(epochs: readonly string[]): Promise<number> {
    const rows = await this.database.query(
      `UPDATE opportunities SET state = 'closed', close_reason = 'shutdown', closed_at_ms = updated_at_ms
       WHERE state = 'open' AND epoch = ANY($1) RETURNING 1`,
      [epochs],
    );
    return rows.length;
  }
}

/** Lays out one at a time, so that a batch is never in memory twice. */
function* recordsOf(batch: readonly Opportunity[]): Generator<object> {
  for (const opportunity of batch) yield toRecord(opportunity);
}
