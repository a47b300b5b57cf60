import { z } from 'zod';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import type { CloseReason } from '../core/opportunity/opportunity.js';
import { ProblemError } from '../platform/http/index.js';
import { decodeCursor, type Sort } from './cursor.js';
import { assertRange, DEFAULT_LIMIT, exchange, format, MAX_LIMIT, parseListQuery, symbol } from './list-query.js';
import { decimal, oneOf, readBy, text, time, whole } from './query-values.js';

/** Why an opportunity can have ended. */
export const CLOSE_REASONS: readonly CloseReason[] = [
  ...REFUSAL_REASONS,
  'collapsed',
  'max_age',
  'removed',
  'shutdown',
];
const SORTS: readonly Sort[] = ['openedAt', '-openedAt'];
const ASSET = /^[A-Z0-9][A-Z0-9.$_-]*$/;
const LARGE = 1e300;

const schema = z.strictObject({
  symbol: symbol.optional(),
  base: text('an asset such as BTC', ASSET).optional(),
  exchange: exchange.optional(),
  buyExchange: exchange.optional(),
  sellExchange: exchange.optional(),
  minNetBps: decimal('a number of basis points', -LARGE, LARGE).optional(),
  minNotional: decimal('a number of 0 or more', 0, LARGE).optional(),
  minDurationMs: decimal('a number of milliseconds, 0 or more', 0, LARGE).optional(),
  state: oneOf(['open', 'closed'] as const).optional(),
  closeReason: oneOf(CLOSE_REASONS).optional(),
  from: time.optional(),
  to: time.optional(),
  limit: whole(1, MAX_LIMIT).default(DEFAULT_LIMIT),
  sort: oneOf(SORTS).default('-openedAt'),
  cursor: readBy('the nextCursor of an earlier answer', decodeCursor).optional(),
  format,
});

/** What is asked of the list of opportunities. */
export type OpportunityQuery = z.infer<typeof schema>;

/**
 * Reads the query of `GET /v1/opportunities`.
 *
 * @param raw - Parameters as they came.
 * @returns The query, whole and valid.
 * @throws {ProblemError} 400 `bad_query` that names the first offending field, its value and what it must be.
 */
export function parseOpportunityQuery(raw: unknown): OpportunityQuery {
  const query = parseListQuery(schema, raw);
  assertRange(query, 'opened');
  if (query.cursor && query.cursor.sort !== query.sort) {
    throw new ProblemError(
      400,
      'bad_query',
      `cursor belongs to sort=${query.cursor.sort}, but sort=${query.sort} is asked for; use the same sort for every page`,
      'cursor',
    );
  }
  return query;
}
