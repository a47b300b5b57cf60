import { z } from 'zod';
import { CANDLE_WIDTHS } from './candle-widths.js';
import { assertRange, PAGE_PARAMETERS, parseListQuery, ROUTE_PARAMETERS } from './list-query.js';
import { decimal, oneOf } from './query-values.js';

const LARGE = 1e300;

const samples = z.strictObject({
  ...ROUTE_PARAMETERS,
  minNetBps: decimal('a number of basis points', -LARGE, LARGE).optional(),
  ...PAGE_PARAMETERS,
  sort: oneOf(['time', '-time'] as const).default('-time'),
});

const candles = samples.extend({ interval: oneOf(CANDLE_WIDTHS).default('1m') });

/** What is asked of the candles of one width. */
export type CandlesQuery = z.infer<typeof candles>;

/**
 * Reads the query of `GET /v1/spreads`.
 *
 * @param raw - Parameters as they came.
 * @returns The query; samples are the candles of a second.
 * @throws {ProblemError} 400 `bad_query` that names the offending field.
 */
export function parseSamplesQuery(raw: unknown): CandlesQuery {
  const query = parseListQuery(samples, raw);
  assertRange(query, 'sampled');
  return { ...query, interval: '1s' };
}

/**
 * Reads the query of `GET /v1/spreads/candles`.
 *
 * @param raw - Parameters as they came.
 * @returns The query.
 * @throws {ProblemError} 400 `bad_query` that names the offending field.
 */
export function parseCandlesQuery(raw: unknown): CandlesQuery {
  const query = parseListQuery(candles, raw);
  assertRange(query, 'started');
  return query;
}
