import { z } from 'zod';
import { parseListQuery, symbol } from './list-query.js';
import { time } from './query-values.js';

const schema = z.strictObject({ symbol, at: time.optional() });

/** What is asked of the matrix: a symbol, and when. */
export interface MatrixQuery {
  readonly symbol: string;
  /** Epoch ms. */
  readonly at: number;
}

/**
 * Reads the query of `GET /v1/spreads/matrix`.
 *
 * @param raw - Parameters as they came.
 * @param nowMs - Our clock: the moment where none is named.
 * @returns The query.
 * @throws {ProblemError} 400 `bad_query` that names the offending field.
 */
export function parseMatrixQuery(raw: unknown, nowMs: number): MatrixQuery {
  const { symbol: asked, at } = parseListQuery(schema, raw);
  return { symbol: asked, at: at ?? nowMs };
}
