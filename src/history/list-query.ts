import type { z } from 'zod';
import { MAX_SYMBOL_LENGTH, parseSymbol } from '../core/market/symbol.js';
import { parseRouteId } from '../core/market/route-id.js';
import { LIST_FORMATS } from '../platform/export/index.js';
import { ProblemError } from '../platform/http/index.js';
import { decodeKey } from './key-cursor.js';
import { oneOf, readBy, shown, text, time, whole } from './query-values.js';

/** Most rows of a page, and those of a page that names no limit. */
export const MAX_LIMIT = 1_000;
export const DEFAULT_LIMIT = 100;

const MAX_ROUTE = 200;

/** An exchange by its ccxt id. */
export const exchange = text('a ccxt id such as okx', /^[a-z0-9]+$/);

/** A unified symbol. */
export const symbol = readBy('a unified symbol such as BTC/USDT', (value) =>
  value.length <= MAX_SYMBOL_LENGTH && parseSymbol(value) ? value : null,
);

/** In which form a list is answered; what reads it stands before the lists. */
export const format = oneOf(LIST_FORMATS).optional();

/** Parameters that say which routes are meant. */
export const ROUTE_PARAMETERS = {
  symbol: symbol.optional(),
  routeId: readBy('the id of a route such as cross:okx:BTC/USDT>kraken:BTC/USDT', (value) =>
    value.length <= MAX_ROUTE && parseRouteId(value) ? value : null,
  ).optional(),
  exchange: exchange.optional(),
  buyExchange: exchange.optional(),
  sellExchange: exchange.optional(),
};

/** Parameters of every list that goes on by the key of its last row. */
export const PAGE_PARAMETERS = {
  from: time.optional(),
  to: time.optional(),
  limit: whole(1, MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: readBy('the nextCursor of an earlier answer', decodeKey).optional(),
  format,
};

/**
 * Reads the query of a list.
 *
 * @param schema - Its parameters; strict, so that a mistyped name is an error and not a wider answer.
 * @param raw - Parameters as they came.
 * @returns The query, whole and valid.
 * @throws {ProblemError} 400 `bad_query` that names the first offending field, its value and what it must be.
 */
export function parseListQuery<T extends z.ZodObject>(schema: T, raw: unknown): z.infer<T> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw problemOf(parsed.error.issues[0], Object.keys(schema.shape).join(', '));
  return parsed.data;
}

/**
 * Refuses a range that ends before it begins.
 *
 * @param query - With the range, half-open.
 * @param what - What lies in it: `opened`.
 * @throws {ProblemError} 400 `bad_query`.
 */
export function assertRange({ from, to }: { from?: number | undefined; to?: number | undefined }, what: string): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new ProblemError(400, 'bad_query', `from must not be later than to; the range is from ≤ ${what} < to`, 'from');
}

function problemOf(issue: z.core.$ZodIssue | undefined, names: string): ProblemError {
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return new ProblemError(400, 'bad_query', `${shown(name)} is no parameter of this list; there are ${names}`, name);
  }
  const field = issue?.path.map(String).join('.') ?? '';
  return new ProblemError(400, 'bad_query', `${field} ${issue?.message ?? 'is not valid'}`, field);
}
