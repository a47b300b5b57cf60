import { Injectable } from '@nestjs/common';
import type { RouteNames } from '../core/market/route.js';
import type { RefusalMinute, RefusalReason } from '../core/gates/refusal-reason.js';
import { Database } from '../platform/prisma/index.js';
import { jsonSlices } from './json-slices.js';
import { PartitionRepository } from './partition.repository.js';
import type { RefusalsQuery } from './refusal-query.js';
import { RouteRepository } from './route.repository.js';

/** One minute as it is shown. */
export type StoredMinute = Omit<RefusalMinute, 'v'>;

/** What one route was refused for one reason within a range of minutes. */
export interface RouteRefusals extends RouteNames {
  readonly reason: RefusalReason;
  readonly entries: number;
  readonly durationMs: number;
}

/** What was refused for one reason within a range of minutes. */
export interface ReasonRefusals {
  readonly reason: RefusalReason;
  readonly entries: number;
  readonly durationMs: number;
}

/** A row with the number of its route, by which pages go on. */
export type Numbered<T> = T & { readonly route: number };

const SAVE = `
  INSERT INTO refusal_minutes (minute, epoch, route, reason, entries, duration_ms)
  SELECT to_timestamp("minuteMs" / 1000), epoch, routes.id, reason, entries, "durationMs"
  FROM jsonb_to_recordset($1::jsonb) AS batch("minuteMs" float8, epoch text, "routeId" text, reason text, entries int,
    "durationMs" float8)
  LEFT JOIN routes ON routes.route_id = batch."routeId"
  ON CONFLICT (minute, epoch, route, reason) DO UPDATE
  SET entries = excluded.entries, duration_ms = excluded.duration_ms`;

const ROUTE = `routes.route_id AS "routeId", routes.symbol, routes.buy_exchange AS "buyExchange",
  routes.sell_exchange AS "sellExchange"`;

/** The table `refusal_minutes`. */
@Injectable()
export class RefusalRepository {
  constructor(
    private readonly database: Database,
    private readonly routes: RouteRepository,
    private readonly partitions: PartitionRepository,
  ) {}

  /**
   * Stores minutes; one that is stored again replaces what was stored of it.
   *
   * @param batch - Each minute, epoch, route and reason at most once.
   * @throws {DatabaseError} When not all of it was stored; what was is the same when it is stored again.
   */
  async save(batch: readonly RefusalMinute[]): Promise<void> {
    try {
      await this.partitions.ensure(
        'refusal_minutes',
        batch.map(({ minuteMs }) => minuteMs),
      );
      await this.routes.ensure(batch);
      for await (const text of jsonSlices(batch)) await this.database.query(SAVE, [text]);
    } catch (error) {
      this.partitions.forget();
      this.routes.forget();
      throw error;
    }
  }

  /**
   * Lists minutes, newest first.
   *
   * @param query - What is asked for.
   * @param after - Minute, epoch, route and reason of the last row of the page before.
   * @param signal - Ends the reading.
   * @returns Up to one more than `query.limit`.
   */
  async minutes(
    query: RefusalsQuery,
    after: readonly unknown[] | null,
    signal?: AbortSignal,
  ): Promise<Numbered<StoredMinute>[]> {
    const found = await this.conditionOf(query);
    if (!found) return [];
    const { conditions, params } = found;
    if (after) {
      const [minute, ...rest] = after.map((value) => `$${params.push(value)}`);
      conditions.push(
        `(minute, epoch, route, reason) < (to_timestamp(${minute ?? ''}::float8 / 1000), ${rest.join(', ')})`,
      );
    }
    return this.database.query<Numbered<StoredMinute>>(
      `SELECT (extract(epoch FROM minute) * 1000)::float8 AS "minuteMs", epoch, ${ROUTE}, reason, entries,
         duration_ms AS "durationMs", route
       FROM (SELECT * FROM refusal_minutes WHERE ${conditions.join(' AND ')}
             ORDER BY minute DESC, epoch DESC, route DESC, reason DESC LIMIT ${query.limit + 1}) AS listed
       JOIN routes ON routes.id = listed.route
       ORDER BY minute DESC, epoch DESC, route DESC, reason DESC`,
      params,
      signal,
    );
  }

  /**
   * Adds up minutes by route and reason, in the order of the routes' numbers.
   *
   * @param query - What is asked for.
   * @param after - Route and reason of the last row of the page before.
   * @param signal - Ends the reading.
   * @returns Up to one more than `query.limit`.
   */
  async byRoute(
    query: RefusalsQuery,
    after: readonly unknown[] | null,
    signal?: AbortSignal,
  ): Promise<Numbered<RouteRefusals>[]> {
    const found = await this.conditionOf(query);
    if (!found) return [];
    const { conditions, params } = found;
    if (after) conditions.push(`(route, reason) > (${after.map((value) => `$${params.push(value)}`).join(', ')})`);
    return this.database.query<Numbered<RouteRefusals>>(
      `SELECT ${ROUTE}, reason, entries, "durationMs", route
       FROM (SELECT route, reason, sum(entries)::float8 AS entries, sum(duration_ms) AS "durationMs"
             FROM refusal_minutes WHERE ${conditions.join(' AND ')}
             GROUP BY route, reason ORDER BY route, reason LIMIT ${query.limit + 1}) AS listed
       JOIN routes ON routes.id = listed.route ORDER BY route, reason`,
      params,
      signal,
    );
  }

  /** Adds up minutes by reason, the most frequent first; at most one row for each reason there is. */
  async byReason(query: RefusalsQuery): Promise<ReasonRefusals[]> {
    const found = await this.conditionOf(query);
    if (!found) return [];
    return this.database.query<ReasonRefusals>(
      `SELECT reason, sum(entries)::float8 AS entries, sum(duration_ms) AS "durationMs"
       FROM refusal_minutes WHERE ${found.conditions.join(' AND ')} GROUP BY reason ORDER BY entries DESC, reason`,
      found.params,
    );
  }

  /**
   * Tells the minutes of a whole range from any others, without reading them out.
   *
   * @param query - What is asked for, without regard to its group, limit and cursor.
   * @param signal - Ends the reading.
   * @returns A text.
   */
  async fingerprint(query: RefusalsQuery, signal: AbortSignal): Promise<string> {
    const found = await this.conditionOf(query);
    if (!found) return 'none';
    const [row] = await this.database.query<{ seen: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(told::text, 0)), 0) AS seen
       FROM refusal_minutes AS told WHERE ${found.conditions.join(' AND ')}`,
      found.params,
      signal,
    );
    return row?.seen ?? 'none';
  }

  /** The condition of a query; null when it names routes of which there is none. */
  private async conditionOf(query: RefusalsQuery): Promise<{ conditions: string[]; params: unknown[] } | null> {
    const numbers = await this.routes.numbersOf(query);
    if (numbers?.length === 0) return null;
    const params: unknown[] = [];
    const place = (value: unknown): string => `$${params.push(value)}`;
    const conditions = [
      `minute >= to_timestamp(${place(query.from)}::float8 / 1000)`,
      `minute < to_timestamp(${place(query.to)}::float8 / 1000)`,
    ];
    if (query.reason !== undefined) conditions.push(`reason = ${place(query.reason)}`);
    if (numbers) conditions.push(`route = ANY(${place(numbers)}::int[])`);
    return { conditions, params };
  }
}
