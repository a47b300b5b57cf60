import { z } from 'zod';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import { ProblemError } from '../platform/http/index.js';
import {
  assertRange,
  DEFAULT_LIMIT,
  MAX_LIMIT,
  PAGE_PARAMETERS,
  parseListQuery,
  ROUTE_PARAMETERS,
} from './list-query.js';
import { oneOf, whole } from './query-values.js';

const DAY_MS = 86_400_000;
/** Longest range that is added up in one answer. */
const MAX_SUMMED_DAYS = 31;

/** How minutes are put together. */
export const GROUPS = ['minute', 'route', 'reason'] as const;

const schema = z.strictObject({
  ...ROUTE_PARAMETERS,
  reason: oneOf(REFUSAL_REASONS).optional(),
  group: oneOf(GROUPS).optional(),
  ...PAGE_PARAMETERS,
  limit: whole(1, MAX_LIMIT).optional(),
});

/** What is asked of refusals; `stored` is null where the counts since the start are asked for. */
export interface RefusalsRequest {
  readonly filter: Omit<z.infer<typeof schema>, 'group' | 'from' | 'to' | 'limit' | 'cursor'>;
  readonly stored: RefusalsQuery | null;
}

/** What is asked of the stored minutes. */
export type RefusalsQuery = RefusalsRequest['filter'] & {
  readonly group: (typeof GROUPS)[number];
  /** Minutes that begin at or after, epoch ms. */
  readonly from: number;
  /** Minutes that begin before, epoch ms. */
  readonly to: number;
  readonly limit: number;
  readonly cursor: z.infer<typeof schema>['cursor'];
};

/**
 * Reads the query of `GET /v1/refusals`. Whoever names no range, group, limit or cursor asks for the counts since the
 * start of this run; else for stored minutes, of the last day where no range is named.
 *
 * @param raw - Parameters as they came.
 * @param nowMs - Our clock.
 * @returns The request.
 * @throws {ProblemError} 400 `bad_query` that names the offending field.
 */
export function parseRefusalsQuery(raw: unknown, nowMs: number): RefusalsRequest {
  const { group, from, to, limit, cursor, ...filter } = parseListQuery(schema, raw);
  if ([group, from, to, limit, cursor].every((value) => value === undefined)) return { filter, stored: null };
  assertRange({ from, to }, 'minute');
  const end = to ?? nowMs + 60_000;
  const stored = {
    ...filter,
    group: group ?? 'minute',
    from: from ?? Math.max(0, end - DAY_MS),
    to: end,
    limit: limit ?? DEFAULT_LIMIT,
    cursor,
  };
  if (stored.group !== 'minute' && stored.to - stored.from > MAX_SUMMED_DAYS * DAY_MS + 60_000) {
    const detail = `from and to may be ${MAX_SUMMED_DAYS} days apart with group=${stored.group}; ask for less at a time`;
    throw new ProblemError(400, 'bad_query', detail, 'from');
  }
  return { filter, stored };
}
