import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { Database } from '../../platform/prisma/index.js';
import { type CandleWidth, candleTable } from '../candle-widths.js';
import type { StatsQuery } from './stats-query.js';

const DAY_MS = 86_400_000;
/** Longest range that is read from candles of a minute. */
const MAX_MINUTE_DAYS = 31;

/** Which percentiles are told, as fractions. */
const FRACTIONS = { p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;
/** Lower bounds of the duration histogram, ms: each class ends where the next begins, the last never. */
export const DURATION_CLASSES_MS = [
  0, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
] as const;

/** Percentiles of a figure, interpolated; null where there is nothing to measure. */
export type Percentiles = Readonly<Record<keyof typeof FRACTIONS, number | null>>;

/** One class of the duration histogram. */
export interface DurationClass {
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly count: number;
}

/** Opportunities that opened in a range. */
export interface OpportunityStats {
  readonly count: number;
  /** Of them, those still open. */
  readonly open: number;
  readonly netBps: Percentiles;
  /** Of those closed. */
  readonly durationMs: Percentiles;
  readonly durationHistogram: readonly DurationClass[];
}

/** How far prices of exchanges stood apart on one day (UTC). */
export interface IndexDay {
  readonly dayMs: number;
  /** Mean over moments of the highest best bid over the lowest best ask; 1.002 is 20 bps apart. */
  readonly index: number;
  readonly maxIndex: number;
  /** Moments that were averaged: one a symbol and candle. */
  readonly moments: number;
  readonly symbols: number;
}

/** The arbitrage index by day, and from how wide candles. */
export interface ArbitrageIndex {
  readonly interval: CandleWidth;
  readonly days: readonly IndexDay[];
}

interface OpportunityRow {
  readonly count: number;
  readonly open: number;
  readonly net: (number | null)[] | null;
  readonly duration: (number | null)[] | null;
  readonly classes: readonly (readonly [number, number])[];
}

/** Figures over a range; each is one statement. */
@Injectable()
export class StatsRepository {
  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
  ) {}

  /** Percentiles and durations of the opportunities that opened in the range. */
  async opportunities({ symbol, from, to }: StatsQuery): Promise<OpportunityStats> {
    const [row] = await this.database.query<OpportunityRow>(
      `WITH told AS (
         SELECT net_bps, state, CASE WHEN state = 'closed' THEN closed_at_ms - opened_at_ms END AS duration
         FROM opportunities
         WHERE opened_at >= to_timestamp($1::float8 / 1000) AND opened_at < to_timestamp($2::float8 / 1000)
           AND ($3::text IS NULL OR symbol = $3)),
       classes AS (
         SELECT width_bucket(duration, $5::float8[]) AS class, count(*)::int AS n FROM told
         WHERE duration IS NOT NULL GROUP BY 1)
       SELECT count(*)::int AS count, (count(*) FILTER (WHERE state = 'open'))::int AS open,
         percentile_cont($4::float8[]) WITHIN GROUP (ORDER BY net_bps) AS net,
         percentile_cont($4::float8[]) WITHIN GROUP (ORDER BY duration) AS duration,
         (SELECT coalesce(jsonb_agg(jsonb_build_array(class, n)), '[]') FROM classes) AS classes
       FROM told`,
      [from, to, symbol ?? null, Object.values(FRACTIONS), DURATION_CLASSES_MS],
    );
    const counts = new Map(row?.classes);
    return {
      count: row?.count ?? 0,
      open: row?.open ?? 0,
      netBps: percentilesOf(row?.net),
      durationMs: percentilesOf(row?.duration),
      durationHistogram: DURATION_CLASSES_MS.map((fromMs, index) => ({
        fromMs,
        toMs: DURATION_CLASSES_MS[index + 1] ?? null,
        count: counts.get(index + 1) ?? 0,
      })),
    };
  }

  /**
   * The arbitrage index after Makarov and Schoar (2020), of what is kept: theirs divides the highest by the lowest price
   * that was traded in a minute; ours the highest best bid by the lowest best ask at the end of one, which can be had
   * at that moment and is below 1 where no two books cross.
   *
   * @param query - Symbol (else the mean over all) and range.
   * @param nowMs - Our clock: candles of a minute are only kept for a time.
   * @returns One figure for each day that has candles.
   */
  async arbitrageIndex({ symbol, from, to }: StatsQuery, nowMs: number): Promise<ArbitrageIndex> {
    const oldest = nowMs - this.settings.history.retention.minuteCandlesDays * DAY_MS;
    const interval = from >= oldest && to - from <= MAX_MINUTE_DAYS * DAY_MS ? '1m' : '5m';
    const days = await this.database.query<IndexDay>(
      `SELECT (extract(epoch FROM date_trunc('day', start)) * 1000)::float8 AS "dayMs", avg(ratio) AS index,
         max(ratio) AS "maxIndex", count(*)::int AS moments, count(DISTINCT symbol)::int AS symbols
       FROM (SELECT start, symbol, 1 + max(gross_bps) / 10000 AS ratio FROM ${candleTable(interval)} AS candle
             JOIN routes ON routes.id = candle.route
             WHERE start >= to_timestamp($1::float8 / 1000) AND start < to_timestamp($2::float8 / 1000)
               AND ($3::text IS NULL OR route = ANY(ARRAY(SELECT id FROM routes WHERE symbol = $3)))
             GROUP BY start, symbol) AS moment
       GROUP BY date_trunc('day', start) ORDER BY 1`,
      [from, to, symbol ?? null],
    );
    return { interval, days };
  }
}

function percentilesOf(values: readonly (number | null)[] | null | undefined): Percentiles {
  const names = Object.keys(FRACTIONS) as (keyof typeof FRACTIONS)[];
  return Object.fromEntries(names.map((name, index) => [name, values?.[index] ?? null])) as Percentiles;
}
