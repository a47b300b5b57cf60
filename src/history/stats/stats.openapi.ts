import { apiQuery, exact, NULLABLE_NUMBER, NUMBER, TEXT, TIME, WHOLE } from '../list.openapi.js';
import { CANDLE_WIDTHS } from '../candle-widths.js';

const PERCENTILES = exact({
  p5: NULLABLE_NUMBER,
  p25: NULLABLE_NUMBER,
  p50: NULLABLE_NUMBER,
  p75: NULLABLE_NUMBER,
  p95: NULLABLE_NUMBER,
  p99: NULLABLE_NUMBER,
});

/** Figures over a range. */
export const STATS_SCHEMA = exact({
  symbol: { type: ['string', 'null'], description: 'As asked; null for all.' },
  fromMs: NUMBER,
  toMs: NUMBER,
  opportunities: {
    ...exact({
      count: WHOLE,
      open: { ...WHOLE, description: 'Of them, those still open.' },
      netBps: { ...PERCENTILES, description: 'Interpolated; null where there are none.' },
      durationMs: { ...PERCENTILES, description: 'Of those closed.' },
      durationHistogram: {
        type: 'array',
        description: 'Of those closed: fromMs ≤ duration < toMs; the last class has no end.',
        items: exact({ fromMs: NUMBER, toMs: NULLABLE_NUMBER, count: WHOLE }),
      },
    }),
    description: 'Those that opened in the range.',
  },
  arbitrageIndex: {
    ...exact({
      interval: { type: 'string', enum: [...CANDLE_WIDTHS], description: 'Width of the candles it was made of.' },
      days: {
        type: 'array',
        items: exact({
          dayMs: { ...NUMBER, description: 'Start of the day, UTC.' },
          index: { ...NUMBER, description: 'Mean of the moments; 1.002 is 20 bps apart.' },
          maxIndex: NUMBER,
          moments: { ...WHOLE, description: 'Averaged: one for each symbol and candle.' },
          symbols: WHOLE,
        }),
      },
    }),
    description:
      'After Makarov and Schoar (2020): highest best bid over lowest best ask at the end of each candle; below 1 where no two books cross.',
  },
});

/** Describes the parameters of the statistics. */
export const ApiStatsQuery = (): MethodDecorator =>
  apiQuery([
    { name: 'symbol', description: 'Unified symbol of the buying leg.', example: 'BTC/USDT', schema: TEXT },
    {
      name: 'from',
      description: `At or after; without it the start of the day (UTC) six days before to. ${TIME}`,
      schema: TEXT,
    },
    { name: 'to', description: `Before; at most 92 days after from. ${TIME}`, schema: TEXT },
  ]);
