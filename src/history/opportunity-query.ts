import { z } from 'zod';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import { parseSymbol } from '../core/market/symbol.js';
import type { CloseReason } from '../core/opportunity/opportunity.js';
import { ProblemError } from '../platform/http/index.js';
import { decodeCursor, type Sort } from './cursor.js';
import { decimal, oneOf, readBy, shown, text, time, whole } from './query-values.js';

/** Most rows of a page, and those of a page that names no limit. */
export const MAX_LIMIT = 1_000;
export const DEFAULT_LIMIT = 100;

/** Why an opportunity can have ended. */
export const CLOSE_REASONS: readonly CloseReason[] = [
  ...REFUSAL_REASONS,
  'collapsed',
  'max_age',
  'removed',
  'shutdown',
];
const SORTS: readonly Sort[] = ['openedAt', '-openedAt'];
const EXCHANGE = /^[a-z0-9]+$/;
const ASSET = /^[A-Z0-9][A-Z0-9.$_-]*$/;
const LARGE = 1e300;

const exchange = text('a ccxt id such as okx', EXCHANGE);

const schema = z.strictObject({
  symbol: readBy('a unified symbol such as BTC/USDT', (value) =>
    value.length <= 100 && parseSymbol(value) ? value : null,
  ).optional(),
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
});

/** What is asked of the list of opportunities. */
export type OpportunityQuery = z.infer<typeof schema>;

/** Names of the parameters, as a message lists them. */
const NAMES = Object.keys(schema.shape).join(', ');

/**
 * Reads the query of `GET /v1/opportunities`.
 *
 * @param raw - Parameters as they came.
 * @returns The query, whole and valid.
 * @throws {ProblemError} 400 `bad_query` that names the first offending field, its value and what it must be.
 */
export function parseOpportunityQuery(raw: unknown): OpportunityQuery {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw problemOf(parsed.error.issues[0]);
  const query = parsed.data;
  if (query.from !== undefined && query.to !== undefined && query.from > query.to) {
    throw new ProblemError(400, 'bad_query', 'from must not be later than to; the range is from ≤ opened < to', 'from');
  }
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

function problemOf(issue: z.core.$ZodIssue | undefined): ProblemError {
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return new ProblemError(400, 'bad_query', `${shown(name)} is no parameter of this list; there are ${NAMES}`, name);
  }
  const field = issue?.path.map(String).join('.') ?? '';
  return new ProblemError(400, 'bad_query', `${field} ${issue?.message ?? 'is not valid'}`, field);
}
