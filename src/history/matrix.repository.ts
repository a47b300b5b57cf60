import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Database } from '../platform/prisma/index.js';
import { type CandleWidth, candleTable, WIDTH_MS } from './candle-widths.js';
import type { MatrixQuery } from './matrix-query.js';

/** The best spread from one exchange to another at a moment. */
export interface MatrixCell {
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** Its route, whose selling leg may have another quote. */
  readonly routeId: string;
  /** Net of both taker fees, at the top of both books. */
  readonly netBps: number;
  readonly grossBps: number;
  /** How long before the moment its candle ended. */
  readonly ageMs: number;
}

/** What the exchanges stood at, one against another. */
export interface Matrix {
  /** Width of the candles that it was read from. */
  readonly interval: CandleWidth;
  readonly cells: readonly MatrixCell[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A candle that ended longer before the moment says nothing about it. */
const CANDLES_BACK: Readonly<Record<'1s' | '1m' | '5m', number>> = { '1s': 60, '1m': 10, '5m': 6 };

/** Candles seen across exchanges at one moment. */
@Injectable()
export class MatrixRepository {
  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
  ) {}

  /**
   * Reads what stood at a moment: of each ordered pair of exchanges the best of its routes, by its last candle that was over.
   *
   * @param query - Symbol of the buying leg, and the moment.
   * @param nowMs - Our clock: narrow candles are only kept for a time.
   * @returns One cell for each pair that has a candle.
   */
  async at({ symbol, at }: MatrixQuery, nowMs: number): Promise<Matrix> {
    const interval = this.widthAt(nowMs - at);
    const width = WIDTH_MS[interval];
    const cells = await this.database.query<MatrixCell>(
      `SELECT DISTINCT ON (buy_exchange, sell_exchange) buy_exchange AS "buyExchange", sell_exchange AS "sellExchange",
         route_id AS "routeId", close_bps AS "netBps", gross_bps AS "grossBps",
         ($2::float8 - extract(epoch FROM start) * 1000)::float8 AS "ageMs"
       FROM (SELECT DISTINCT ON (route) route, start, close_bps, gross_bps FROM ${candleTable(interval)}
             WHERE route = ANY(ARRAY(SELECT id FROM routes WHERE symbol = $1))
               AND start > to_timestamp($3::float8 / 1000) AND start <= to_timestamp($2::float8 / 1000)
             ORDER BY route, start DESC) AS newest
       JOIN routes ON routes.id = newest.route
       ORDER BY buy_exchange, sell_exchange, close_bps DESC`,
      [symbol, at - width, at - width * (CANDLES_BACK[interval] + 1)],
    );
    return { interval, cells };
  }

  /** The narrowest candles that are kept for so long. */
  private widthAt(ageMs: number): '1s' | '1m' | '5m' {
    const { secondCandlesHours, minuteCandlesDays } = this.settings.history.retention;
    if (ageMs < secondCandlesHours * HOUR_MS) return '1s';
    return ageMs < minuteCandlesDays * DAY_MS ? '1m' : '5m';
  }
}
