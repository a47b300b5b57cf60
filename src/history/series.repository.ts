import { Injectable } from '@nestjs/common';
import type { Opportunity } from '../core/opportunity/opportunity.js';
import { Database } from '../platform/prisma/index.js';
import { CANDLE_WIDTHS, type CandleWidth, candleStart, candleTable, WIDTH_MS } from './candle-widths.js';

/** One candle of a series: net of both taker fees, at the top of both books. */
export interface SeriesPoint {
  readonly startMs: number;
  readonly openBps: number;
  readonly highBps: number;
  readonly lowBps: number;
  readonly closeBps: number;
  readonly grossBps: number;
  readonly samples: number;
}

/** The net spread of an opportunity's route over its life. */
export interface OpportunitySeries {
  readonly interval: CandleWidth;
  readonly points: readonly SeriesPoint[];
}

/** Most points of a series; a longer life is told in wider candles. */
const MAX_POINTS = 1_000;

/** The candles that an opportunity lived through. */
@Injectable()
export class SeriesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Reads the candles of a route in the life of an opportunity: the narrowest that are stored and fit.
   *
   * @param one - Whose life.
   * @param nowMs - Our clock; an open one lives until now.
   * @returns Candles in order of time; without points where none are kept of that time.
   */
  async of(one: Pick<Opportunity, 'routeId' | 'openedAtMs' | 'closedAtMs'>, nowMs: number): Promise<OpportunitySeries> {
    const endMs = one.closedAtMs ?? nowMs;
    const widths = CANDLE_WIDTHS.filter((width) => (endMs - one.openedAtMs) / WIDTH_MS[width] < MAX_POINTS);
    for (const width of widths) {
      const points = await this.read(width, one.routeId, candleStart(width, one.openedAtMs), endMs);
      if (points.length > 0) return { interval: width, points };
    }
    return { interval: widths[0] ?? '1d', points: [] };
  }

  private read(width: CandleWidth, routeId: string, fromMs: number, toMs: number): Promise<SeriesPoint[]> {
    return this.database.query<SeriesPoint>(
      `SELECT (extract(epoch FROM start) * 1000)::float8 AS "startMs", open_bps AS "openBps", high_bps AS "highBps",
         low_bps AS "lowBps", close_bps AS "closeBps", gross_bps AS "grossBps", samples
       FROM ${candleTable(width)} WHERE route = (SELECT id FROM routes WHERE route_id = $1)
         AND start >= to_timestamp($2::float8 / 1000) AND start <= to_timestamp($3::float8 / 1000)
       ORDER BY start LIMIT ${MAX_POINTS + 1}`,
      [routeId, fromMs, toMs],
    );
  }
}
