import { Injectable } from '@nestjs/common';
import { Database } from '../platform/prisma/index.js';
import { isPartitioned, PartitionRepository } from './partition.repository.js';
import { CANDLE_WIDTHS, type CandleWidth, candleTable, WIDTH_MS } from './candle-widths.js';

const FIGURES = ['open_bps', 'high_bps', 'low_bps', 'close_bps', 'gross_bps', 'samples', 'above_ms'];
const list = (prefix: string): string => FIGURES.map((name) => `${prefix}.${name}`).join(', ');

/** Makes wide candles of narrow ones. */
@Injectable()
export class RollupRepository {
  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionRepository,
  ) {}

  /**
   * Makes the candles of one width anew from those of the next narrower.
   *
   * @param width - Which to make.
   * @param fromMs - Start of the first, epoch ms; a start of a candle of this width.
   * @param toMs - End of the last, exclusive.
   */
  async roll(width: Exclude<CandleWidth, '1s'>, fromMs: number, toMs: number): Promise<void> {
    const table = candleTable(width);
    if (isPartitioned(table)) await this.partitions.ensureRange(table, fromMs, toMs);
    const narrower = CANDLE_WIDTHS[CANDLE_WIDTHS.indexOf(width) - 1] ?? '1s';
    await this.database.query(
      `INSERT INTO ${table} AS stored (start, route, ${FIGURES.join(', ')})
       SELECT date_bin(make_interval(secs => $1::float8), start, 'epoch'::timestamptz), route,
         (array_agg(open_bps ORDER BY start))[1], max(high_bps), min(low_bps),
         (array_agg(close_bps ORDER BY start DESC))[1], (array_agg(gross_bps ORDER BY start DESC))[1],
         sum(samples), sum(above_ms)
       FROM ${candleTable(narrower)}
       WHERE start >= to_timestamp($2::float8 / 1000) AND start < to_timestamp($3::float8 / 1000)
       GROUP BY 1, 2
       ON CONFLICT (start, route) DO UPDATE
       SET ${FIGURES.map((name) => `${name} = excluded.${name}`).join(', ')}
       WHERE (${list('stored')}) IS DISTINCT FROM (${list('excluded')})`,
      [WIDTH_MS[width] / 1000, fromMs, toMs],
    );
  }

  /** Start of the newest candle of a minute, epoch ms; null while there is none. */
  newestMinute(): Promise<number | null> {
    return this.edge('max', '1m');
  }

  /** Start of the oldest candle of a second, epoch ms; null while there is none. */
  oldestSecond(): Promise<number | null> {
    return this.edge('min', '1s');
  }

  private async edge(which: 'min' | 'max', width: CandleWidth): Promise<number | null> {
    const [row] = await this.database.query<{ ms: number | null }>(
      `SELECT (extract(epoch FROM ${which}(start)) * 1000)::float8 AS ms FROM ${candleTable(width)}`,
    );
    return row?.ms ?? null;
  }
}
