import { z } from 'zod';
import { type ListEnvelope, listOf, ProblemError } from '../platform/http/index.js';
import type { Database } from '../platform/prisma/index.js';

/** Place of a row in a list that is told newest first. */
export interface RowPosition {
  /** Microseconds since the epoch, exact. */
  readonly atUs: number;
  readonly id: string;
}

/** How many rows a page of such a list may hold. */
export const PAGE_LIMIT = z.coerce.number().int().min(1).max(1_000).default(100);
/** Parameters of such a list. */
export const PAGE_PARAMETERS = { limit: PAGE_LIMIT, cursor: z.string().max(200).optional() };

/** Rows deleted per statement, so that no delete holds a table for long. */
const DELETE_CHUNK = 10_000;

/**
 * Reads where a page begins.
 *
 * @param cursor - The `nextCursor` of an earlier answer; undefined for the first page.
 * @throws {ProblemError} 400 when it is none of ours.
 */
export function positionOf(cursor: string | undefined): RowPosition | null {
  if (cursor === undefined) return null;
  const match = /^(\d{1,16})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!match) throw strangeCursor(cursor);
  return { atUs: Number(match[1]), id: match[2] ?? '' };
}

/** The refusal of a cursor that is none of ours. */
export function strangeCursor(cursor: string): ProblemError {
  const detail = `cursor ${JSON.stringify(cursor)} is none of ours; use the nextCursor of an earlier answer`;
  return new ProblemError(400, 'bad_query', detail, 'cursor');
}

/**
 * Makes a page out of one row more than it may hold: that one tells whether there is a next page.
 *
 * @param rows - Newest first, up to `limit` and one.
 * @param cursorOf - Names the last row of the page, for whoever asks for the next one.
 */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  show: (row: R) => T,
  cursorOf: (row: R) => string,
): ListEnvelope<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return listOf(rows.slice(0, limit).map(show), last === undefined ? null : cursorOf(last));
}

/** The cursor that {@link positionOf} reads. */
export function cursorOf({ atUs, id }: RowPosition): string {
  return Buffer.from(`${atUs}.${id}`).toString('base64url');
}

/** Deletes the rows of a table that are older than a time, epoch ms, in chunks; returns how many went. */
export async function deleteBefore(
  database: Database,
  table: 'signed_calls' | 'key_checks',
  atMs: number,
): Promise<number> {
  let total = 0;
  for (;;) {
    const [row] = await database.query<{ n: number }>(
      `WITH gone AS (
         DELETE FROM ${table} WHERE (at, id) IN (
           SELECT at, id FROM ${table} WHERE at < to_timestamp($1::double precision / 1000) ORDER BY at, id LIMIT $2)
         RETURNING 1)
       SELECT count(*)::int AS n FROM gone`,
      [atMs, DELETE_CHUNK],
    );
    const n = row?.n ?? 0;
    total += n;
    if (n < DELETE_CHUNK) return total;
  }
}

/**
 * Turns the parts of a filter that are given into conditions.
 *
 * @param parts - Conditions that end with `$`, and their values; undefined for a part that is not given.
 * @param values - Those of the statement so far; the values of the conditions are added behind them.
 */
export function conditionsOf(parts: readonly (readonly [string, unknown])[], values: unknown[]): string[] {
  return parts.filter(([, value]) => value !== undefined).map(([sql, value]) => `${sql}${values.push(value)}`);
}

/** The conditions of a range of time, epoch ms: from one moment on, before another. */
export function rangeParts(range: {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}): readonly (readonly [string, unknown])[] {
  return [
    ["at >= 'epoch'::timestamptz + interval '1 millisecond' * $", range.from],
    ["at < 'epoch'::timestamptz + interval '1 millisecond' * $", range.to],
  ];
}
