import { z } from 'zod';
import { ProblemError } from '../../platform/http/index.js';
import { assertRange, parseListQuery, symbol } from '../list-query.js';
import { time } from '../query-values.js';

const DAY_MS = 86_400_000;
/** Longest range of one answer: all of it is read through. */
const MAX_DAYS = 92;
const DEFAULT_DAYS = 7;

const schema = z.strictObject({ symbol: symbol.optional(), from: time.optional(), to: time.optional() });

/** What is asked of the statistics; the range is half-open. */
export interface StatsQuery {
  readonly symbol: string | undefined;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the query of `GET /v1/stats`; without a range, today and the six days before (UTC).
 *
 * @param raw - Parameters as they came.
 * @param nowMs - Our clock.
 * @returns The query.
 * @throws {ProblemError} 400 `bad_query` that names the offending field.
 */
export function parseStatsQuery(raw: unknown, nowMs: number): StatsQuery {
  const query = parseListQuery(schema, raw);
  const to = query.to ?? Math.max(nowMs, query.from ?? 0);
  const firstDay = Math.floor(to / DAY_MS) - DEFAULT_DAYS + 1;
  const from = query.from ?? Math.max(0, firstDay * DAY_MS);
  assertRange({ from, to }, 'opened');
  if (to - from > MAX_DAYS * DAY_MS) {
    const detail = `from and to may be ${MAX_DAYS} days apart; ask for less at a time`;
    throw new ProblemError(400, 'bad_query', detail, 'from');
  }
  return { symbol: query.symbol, from, to };
}
