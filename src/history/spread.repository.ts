import { Injectable } from '@nestjs/common';
import type { RouteNames } from '../core/market/route.js';
import type { SpreadCandle } from '../core/spread-history/spread-candle.js';
import { Database } from '../platform/prisma/index.js';
import { candleTable } from './candle-widths.js';
import { jsonSlices } from './json-slices.js';
import { PartitionRepository } from './partition.repository.js';
import { RouteRepository } from './route.repository.js';
import type { CandlesQuery } from './spread-query.js';

/** One candle as it is shown, with the number of its route, by which pages go on. */
export interface StoredCandle extends RouteNames {
  readonly route: number;
  readonly startMs: number;
  readonly openBps: number;
  readonly highBps: number;
  readonly lowBps: number;
  readonly closeBps: number;
  readonly grossBps: number;
  readonly samples: number;
  readonly aboveMs: number;
}

/** Which figure `minNetBps` is held against. */
export type NetFigure = 'high_bps' | 'close_bps';

const SAVE = `
  INSERT INTO ${candleTable('1s')} (start, route, open_bps, high_bps, low_bps, close_bps, gross_bps, samples, above_ms)
  SELECT to_timestamp("startMs" / 1000), routes.id, "openBps", "highBps", "lowBps", "closeBps", "grossBps", samples,
    "aboveMs"
  FROM jsonb_to_recordset($1::jsonb) AS batch("startMs" float8, "routeId" text, "openBps" float8, "highBps" float8,
    "lowBps" float8, "closeBps" float8, "grossBps" float8, samples int, "aboveMs" float8)
  LEFT JOIN routes ON routes.route_id = batch."routeId"
  ON CONFLICT (start, route) DO UPDATE SET open_bps = excluded.open_bps, high_bps = excluded.high_bps,
    low_bps = excluded.low_bps, close_bps = excluded.close_bps, gross_bps = excluded.gross_bps,
    samples = excluded.samples, above_ms = excluded.above_ms`;

/** The tables `spread_candles_*`. */
@Injectable()
export class SpreadRepository {
  constructor(
    private readonly database: Database,
    private readonly routes: RouteRepository,
    private readonly partitions: PartitionRepository,
  ) {}

  /**
   * Stores candles of a second; one that is stored again replaces the one before.
   *
   * @param batch - Each second and route at most once.
   * @throws {DatabaseError} When not all of it was stored; what was is the same when it is stored again.
   */
  async save(batch: readonly SpreadCandle[]): Promise<void> {
    try {
      await this.partitions.ensure(
        candleTable('1s'),
        batch.map(({ startMs }) => startMs),
      );
      await this.routes.ensure(batch);
      for await (const text of jsonSlices(figuresOf(batch))) await this.database.query(SAVE, [text]);
    } catch (error) {
      this.partitions.forget();
      this.routes.forget();
      throw error;
    }
  }

  /**
   * Lists candles in the order of (start, number of the route).
   *
   * @param query - What is asked for.
   * @param figure - Which figure `minNetBps` is held against.
   * @param after - Start and route of the last row of the page before.
   * @param signal - Ends the reading.
   * @returns Up to one more than `query.limit`.
   */
  async list(
    query: CandlesQuery,
    figure: NetFigure,
    after: readonly unknown[] | null,
    signal?: AbortSignal,
  ): Promise<StoredCandle[]> {
    const found = await this.conditionOf(query, figure, after);
    if (!found) return [];
    const { condition, params } = found;
    const isAscending = query.sort === 'time';
    const order = isAscending ? 'ORDER BY start, route' : 'ORDER BY start DESC, route DESC';
    return this.database.query<StoredCandle>(
      `SELECT route, (extract(epoch FROM start) * 1000)::float8 AS "startMs", routes.route_id AS "routeId",
         routes.symbol, routes.buy_exchange AS "buyExchange", routes.sell_exchange AS "sellExchange",
         open_bps AS "openBps", high_bps AS "highBps", low_bps AS "lowBps", close_bps AS "closeBps",
         gross_bps AS "grossBps", samples, above_ms AS "aboveMs"
       FROM (SELECT * FROM ${candleTable(query.interval)} WHERE ${condition} ${order}
             LIMIT ${query.limit + 1}) AS listed
       JOIN routes ON routes.id = listed.route ${order}`,
      params,
      signal,
    );
  }

  /**
   * Tells the data of a whole range from any other, without reading it out.
   *
   * @param query - What is asked for, without regard to its limit.
   * @param figure - Which figure `minNetBps` is held against.
   * @param after - Where the range goes on.
   * @param signal - Ends the reading.
   * @returns A text.
   */
  async fingerprint(
    query: CandlesQuery,
    figure: NetFigure,
    after: readonly unknown[] | null,
    signal: AbortSignal,
  ): Promise<string> {
    const found = await this.conditionOf(query, figure, after);
    if (!found) return 'none';
    const [row] = await this.database.query<{ seen: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(candle::text, 0)), 0) AS seen
       FROM ${candleTable(query.interval)} AS candle WHERE ${found.condition}`,
      found.params,
      signal,
    );
    return row?.seen ?? 'none';
  }

  /** The condition of a query; null when it names routes of which there is none. */
  private async conditionOf(
    query: CandlesQuery,
    figure: NetFigure,
    after: readonly unknown[] | null,
  ): Promise<{ condition: string; params: unknown[] } | null> {
    const numbers = await this.routes.numbersOf(query);
    if (numbers?.length === 0) return null;
    const params: unknown[] = [];
    const place = (value: unknown): string => `$${params.push(value)}`;
    const time = (ms: unknown): string => `to_timestamp(${place(ms)}::float8 / 1000)`;
    const conditions = ['true'];
    if (query.from !== undefined) conditions.push(`start >= ${time(query.from)}`);
    if (query.to !== undefined) conditions.push(`start < ${time(query.to)}`);
    if (query.minNetBps !== undefined) conditions.push(`${figure} >= ${place(query.minNetBps)}::float8`);
    if (numbers) conditions.push(`route = ANY(${place(numbers)}::int[])`);
    if (after) {
      const comparison = query.sort === 'time' ? '>' : '<';
      conditions.push(`(start, route) ${comparison} (${time(after[0])}, ${place(after[1])}::int)`);
    }
    return { condition: conditions.join(' AND '), params };
  }
}

/** What a statement carries of each: the names of its route stand in their own table. */
function* figuresOf(batch: readonly SpreadCandle[]): Generator<object> {
  for (const candle of batch) {
    const { startMs, routeId, openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs } = candle;
    yield { startMs, routeId, openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs };
  }
}
