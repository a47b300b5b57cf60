import { z } from 'zod';
import { decodeOpaque, encodeOpaque, ProblemError } from '../platform/http/index.js';
import { ALERT_STATES, type StoredAlert } from './alert.js';

/** Most rows of a page, and those of a page that names no limit. */
export const MAX_LIMIT = 1_000;
export const DEFAULT_LIMIT = 100;

/** Longest cursor that is looked at; ours are about 80 characters. */
const MAX_CURSOR = 200;

/** Parameters of the list of alerts. */
export const alertQuery = z.strictObject({
  state: z.enum(ALERT_STATES).optional(),
  target: z.string().min(1).max(64).optional(),
  rule: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z.string().max(MAX_CURSOR).optional(),
});

/** Which dead alerts are sent again. */
export const resendInput = z.strictObject({ target: z.string().min(1).max(64).optional() });

/** The place of a row in the list. */
type Place = Pick<StoredAlert, 'atMs' | 'id'>;

/** Writes the place after which the next page begins. */
export function encodeCursor({ atMs, id }: Place): string {
  return encodeOpaque([atMs, id]);
}

/** @throws {ProblemError} 400 `bad_query` for a cursor that is none of ours. */
export function decodeCursor(text: string): Place {
  const [atMs, id] = decodeOpaque(text) ?? [];
  // PostgreSQL knows no moment far beyond those of JavaScript.
  const isTime = typeof atMs === 'number' && Math.abs(atMs) <= 8.64e15;
  if (isTime && typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return { atMs, id };
  throw new ProblemError(400, 'bad_query', 'cursor must be the nextCursor of an earlier answer', 'cursor');
}
