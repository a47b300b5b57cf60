import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { SignedCall } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import { type ListEnvelope, parseQuery, ProblemError } from '../../platform/http/index.js';
import { cursorOf, PAGE_PARAMETERS, pageOf, positionOf, type RowPosition } from '../newest-first.js';
import { RANGE_PARAMETERS } from '../range-query.js';
import { SignedCallsRepository, type UsageFilter } from './signed-calls.repository.js';
import {
  BASELINE_HOURS,
  baselineOf,
  HOUR_MS,
  startOfHour,
  type UsageBaseline,
  type UsageHour,
  usageHours,
} from './usage-hours.js';

/** Rows that an export holds in memory at a time. */
const BATCH = 500;
/** Most hours that one answer lists. */
const MAX_HOURS = 31 * 24;

const OUTCOMES = [
  ...['ok', 'revoked', 'wrong_secret', 'wrong_passphrase', 'ip_refused', 'missing_permission', 'expired'],
  ...['clock_skew', 'rate_limited', 'suspended', 'exchange_down', 'wrong_environment', 'unknown'],
] as const;

const rangeQuery = {
  ...RANGE_PARAMETERS,
  outcome: z.enum(OUTCOMES, { error: `must be one of ${OUTCOMES.join(', ')}` }).optional(),
};
const usageQuery = z.strictObject({ ...PAGE_PARAMETERS, ...rangeQuery });
const exportQuery = z.strictObject(rangeQuery);
const hoursQuery = z.strictObject(RANGE_PARAMETERS);

/** One signed call, as it is shown. */
export type UsageCall = Pick<SignedCall, 'method' | 'path' | 'outcome' | 'durationMs' | 'atMs'>;

/** One page of a key's usage log, newest first. */
export type UsagePage = ListEnvelope<UsageCall>;

/** The calls of a key by the hour. */
export interface UsageHours {
  readonly data: readonly UsageHour[];
  readonly nextCursor: null;
  readonly hasMore: false;
  /** What an hour of this key is usually like; null while too little is known. */
  readonly baseline: UsageBaseline | null;
}

/** Answers what a key was used for; of removed keys too, for as long as their calls are kept. */
@Injectable()
export class UsageReader {
  constructor(
    private readonly signedCalls: SignedCallsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads one page; its order is stable under new calls.
   *
   * @throws {ProblemError} 400 when the query is bad.
   */
  async page(keyId: string, query: unknown): Promise<UsagePage> {
    const { limit, cursor, ...filter } = parseQuery(usageQuery, query);
    const rows = await this.signedCalls.list(keyId, limit + 1, positionOf(cursor), filter);
    return pageOf(rows, limit, ({ call }) => shown(call), cursorOf);
  }

  /**
   * Reads a whole range, newest first, a batch at a time: memory does not grow with it.
   *
   * @param query - `from`, `to` and `outcome`, not yet validated.
   * @throws {ProblemError} 400 when the query is bad, before anything is read.
   */
  all(keyId: string, query: unknown): AsyncGenerator<UsageCall> {
    return this.batches(keyId, parseQuery(exportQuery, query));
  }

  /**
   * Counts calls by the hour and how they ended, beside the baseline of the key.
   *
   * @param query - `from` (default: 24 hours ago) and `to` (default: now), not yet validated.
   * @throws {ProblemError} 400 when the query is bad, or asks for more than 31 days.
   */
  async hours(keyId: string, query: unknown): Promise<UsageHours> {
    const nowMs = this.clock.nowMs();
    const { to = nowMs, from = to - 24 * HOUR_MS } = parseQuery(hoursQuery, query);
    if (from > to) throw new ProblemError(400, 'bad_query', 'from must not be later than to', 'from');
    if (to - from > MAX_HOURS * HOUR_MS) {
      throw new ProblemError(400, 'bad_query', `at most ${MAX_HOURS} hours are listed; ask for less at a time`, 'from');
    }
    const start = startOfHour(from);
    const week = startOfHour(nowMs) - BASELINE_HOURS * HOUR_MS;
    const baseline = baselineOf(await this.signedCalls.hours(keyId, week, nowMs), nowMs);
    const data = usageHours(await this.signedCalls.hours(keyId, start, to), start, to, baseline);
    return { data, nextCursor: null, hasMore: false, baseline };
  }

  /** Whether any call of a key is kept. */
  knows(keyId: string): Promise<boolean> {
    return this.signedCalls.knows(keyId);
  }

  private async *batches(keyId: string, filter: UsageFilter): AsyncGenerator<UsageCall> {
    let after: RowPosition | null = null;
    for (;;) {
      const rows = await this.signedCalls.list(keyId, BATCH, after, filter);
      for (const { call } of rows) yield shown(call);
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return;
      after = last;
    }
  }
}

function shown({ method, path, outcome, durationMs, atMs }: SignedCall): UsageCall {
  return { method, path, outcome, durationMs, atMs };
}
