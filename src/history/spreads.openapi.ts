import type { ApiQueryOptions } from '@nestjs/swagger';
import { CANDLE_WIDTHS } from './candle-widths.js';
import {
  apiQuery,
  exact,
  NUMBER,
  PAGE_PARAMETERS,
  pageOf,
  ROUTE_PARAMETERS,
  ROUTE_SCHEMA,
  TEXT,
  TIME,
  WHOLE,
} from './list.openapi.js';

const GROSS = { ...NUMBER, description: 'Best bid over best ask at the last sample, no fees.' };

/** Samples of net and gross spreads. */
export const SAMPLES_SCHEMA = pageOf(
  exact({
    atMs: { ...NUMBER, description: 'Start of the second whose last sample it is.' },
    ...ROUTE_SCHEMA,
    netBps: { ...NUMBER, description: 'After both taker fees, at the top of both books.' },
    grossBps: GROSS,
  }),
);

/** Candles of the net spread. */
export const CANDLES_SCHEMA = pageOf(
  exact({
    startMs: NUMBER,
    ...ROUTE_SCHEMA,
    openBps: { ...NUMBER, description: 'Net of both taker fees, at the top of both books, as the other three.' },
    highBps: NUMBER,
    lowBps: NUMBER,
    closeBps: NUMBER,
    grossBps: GROSS,
    samples: WHOLE,
    aboveMs: { ...NUMBER, description: 'Milliseconds at the asked net bps or above.' },
  }),
);

const RANGE: readonly ApiQueryOptions[] = [
  { name: 'from', description: `At or after. ${TIME}`, schema: TEXT },
  { name: 'to', description: `Before. ${TIME}`, schema: TEXT },
  {
    name: 'sort',
    description: 'By time; - is newest first.',
    schema: { type: 'string', enum: ['time', '-time'], default: '-time' },
  },
  ...PAGE_PARAMETERS,
];
const LEAST = (figure: string): ApiQueryOptions => ({
  name: 'minNetBps',
  description: `Least ${figure}.`,
  schema: NUMBER,
});
const INTERVAL: ApiQueryOptions = {
  name: 'interval',
  description: 'Width of the candles.',
  schema: { type: 'string', enum: [...CANDLE_WIDTHS], default: '1m' },
};

/** Describes the parameters of the samples. */
export const ApiSamplesQuery = (): MethodDecorator => apiQuery([...ROUTE_PARAMETERS, LEAST('netBps'), ...RANGE]);

/** Describes the parameters of the candles. */
export const ApiCandlesQuery = (): MethodDecorator =>
  apiQuery([INTERVAL, ...ROUTE_PARAMETERS, LEAST('highBps'), ...RANGE]);

/** Spreads across exchanges at one moment. */
export const MATRIX_SCHEMA = pageOf(
  exact({
    buyExchange: TEXT,
    sellExchange: TEXT,
    routeId: { ...TEXT, description: 'The best of this pair; its selling leg may have another quote.' },
    netBps: { ...NUMBER, description: 'Net of both taker fees, at the top of both books.' },
    grossBps: GROSS,
    ageMs: { ...NUMBER, description: 'How long before the moment its candle ended.' },
  }),
  {
    symbol: TEXT,
    atMs: NUMBER,
    interval: { type: 'string', enum: [...CANDLE_WIDTHS], description: 'Width of the candles it was read from.' },
    exchanges: { type: 'array', items: TEXT, description: 'Those that have a cell, by name.' },
  },
);

/** Describes the parameters of the matrix. */
export const ApiMatrixQuery = (): MethodDecorator =>
  apiQuery([
    {
      name: 'symbol',
      required: true,
      description: 'Unified symbol of the buying leg.',
      example: 'BTC/USDT',
      schema: TEXT,
    },
    { name: 'at', description: `The moment; without it now. ${TIME}`, schema: TEXT },
  ]);
