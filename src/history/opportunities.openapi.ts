import type { ApiQueryOptions } from '@nestjs/swagger';
import { CANDLE_WIDTHS } from './candle-widths.js';
import {
  apiQuery,
  exact,
  NULLABLE_NUMBER,
  NUMBER,
  PAGE_PARAMETERS,
  pageOf,
  TEXT,
  TIME,
  WHOLE,
} from './list.openapi.js';
import { CLOSE_REASONS } from './opportunity-query.js';

const LEVELS = {
  type: 'array',
  description: 'Pairs [price, size], best first.',
  items: { type: 'array', minItems: 2, maxItems: 2, items: NUMBER },
};

const LEG = exact({
  side: { type: 'string', enum: ['buy', 'sell'] },
  exchange: TEXT,
  symbol: TEXT,
  vwap: { ...NUMBER, description: 'Average price over size, quote per base.' },
  size: { ...NUMBER, description: 'Base.' },
  takerFeeBps: NUMBER,
  feeSource: { type: 'string', enum: ['account', 'market', 'default'] },
  exchangeTimeMs: { ...NULLABLE_NUMBER, description: "The exchange's clock, epoch ms." },
  receivedAtMs: { ...NUMBER, description: 'Our clock, epoch ms.' },
  sequence: NULLABLE_NUMBER,
});

const STEP = exact({
  exchange: TEXT,
  symbol: TEXT,
  side: { type: 'string', enum: ['buy', 'sell'] },
  price: NUMBER,
  takerFeeBps: NUMBER,
});

/** Said of what was not measured from the first version on. */
const SINCE = 'Null for what was stored before it was measured.';

const FIGURES = {
  id: TEXT,
  kind: { type: 'string', enum: ['cross'] },
  state: { type: 'string', enum: ['open', 'closed'] },
  symbol: TEXT,
  legs: { type: 'array', items: LEG },
  grossBps: { ...NUMBER, description: 'Best bid over best ask, no fees.' },
  topNetBps: { ...NUMBER, description: 'The same after both taker fees.' },
  size: { ...NUMBER, description: 'Base, all of it paying.' },
  notional: { ...NUMBER, description: 'Sum of price × size bought, without fees.' },
  netProfit: { ...NUMBER, description: 'Proceeds − notional − both fees, in currency.' },
  netBps: { ...NUMBER, description: 'netProfit / notional × 10,000.' },
  currency: TEXT,
  notionalUsd: NULLABLE_NUMBER,
  routeId: TEXT,
  epoch: { ...TEXT, description: 'The run of the detector that saw it.' },
  revision: { type: 'integer' },
  afterTransfer: {
    ...exact({
      netProfit: NUMBER,
      network: TEXT,
      feeAmount: { ...NUMBER, description: 'Withdrawal fee, in base.' },
      minAmount: NULLABLE_NUMBER,
      knownAtMs: NUMBER,
    }),
    type: ['object', 'null'],
    description: 'What is left when the base is moved over the cheapest network that both leave open now.',
  },
  conversion: {
    ...exact({
      from: TEXT,
      to: TEXT,
      rate: { ...NUMBER, description: 'After the fees of all steps.' },
      steps: { type: 'array', items: STEP },
      maxAmount: { ...NUMBER, description: 'Most of the buying quote that the best prices of all steps give.' },
      depegBps: { ...NULLABLE_NUMBER, description: 'How far a stablecoin stands from parity; null within its band.' },
    }),
    type: ['object', 'null'],
    description: 'How the proceeds become currency where the legs have different quotes.',
  },
  identity: {
    type: ['string', 'null'],
    enum: ['same_company', 'contract', 'price_ratio', 'allowed', null],
    description: `What proves that both legs trade the same asset. ${SINCE}`,
  },
  cappedBy: {
    type: ['string', 'null'],
    enum: ['maxNotional', 'buyBalance', 'sellBalance', 'conversion', null],
    description: 'What kept the size below what the books would pay.',
  },
  openedAtMs: NUMBER,
  updatedAtMs: NUMBER,
  closedAtMs: NULLABLE_NUMBER,
  closeReason: { type: ['string', 'null'], enum: [...CLOSE_REASONS, null] },
  peakNetBps: NUMBER,
  peakSize: { ...NULLABLE_NUMBER, description: `Largest paying size seen, base. ${SINCE}` },
  aboveMs: { ...NULLABLE_NUMBER, description: `Time in which it passed every gate. ${SINCE}` },
  standing: { type: 'boolean' },
  detectedAtMs: NUMBER,
};

const LEG_BOOK = exact({ exchange: TEXT, symbol: TEXT, bids: LEVELS, asks: LEVELS });

const LEG_BOOKS = { type: 'array', items: LEG_BOOK };

const SERIES = exact({
  interval: { type: 'string', enum: [...CANDLE_WIDTHS] },
  points: {
    type: 'array',
    maxItems: 1_001,
    items: exact({
      startMs: NUMBER,
      openBps: NUMBER,
      highBps: NUMBER,
      lowBps: NUMBER,
      closeBps: NUMBER,
      grossBps: NUMBER,
      samples: WHOLE,
    }),
  },
});

/** One opportunity with its books, what the gates measured and its series. */
export const OPPORTUNITY_SCHEMA = exact(
  {
    ...FIGURES,
    gates: {
      type: 'object',
      description: 'What each gate measured at the opening, by reason.',
      additionalProperties: { type: 'object', additionalProperties: true },
    },
    books: exact(
      {
        opening: LEG_BOOKS,
        peak: { ...LEG_BOOKS, description: 'At the greatest net bps; absent while that is the opening.' },
      },
      ['opening', 'peak'],
    ),
    series: {
      ...SERIES,
      description:
        'Net bps of its route over its life at the top of both books, in the narrowest candles that are kept.',
    },
  },
  ['gates', 'books'],
);

/** A page of opportunities, without books. */
export const LIST_SCHEMA = pageOf(exact(FIGURES));

const PARAMETERS: readonly ApiQueryOptions[] = [
  { name: 'symbol', description: 'Unified symbol.', example: 'BTC/USDT', schema: TEXT },
  { name: 'base', description: 'Asset that is bought and sold.', example: 'BTC', schema: TEXT },
  { name: 'exchange', description: 'On either side, by ccxt id.', example: 'okx', schema: TEXT },
  { name: 'buyExchange', description: 'Where it is bought.', schema: TEXT },
  { name: 'sellExchange', description: 'Where it is sold.', schema: TEXT },
  { name: 'minNetBps', description: 'Least net bps.', schema: NUMBER },
  { name: 'minNotional', description: 'Least notional, in the currency of each.', schema: NUMBER },
  { name: 'minDurationMs', description: 'Least time open; those still open have lasted until now.', schema: NUMBER },
  { name: 'state', description: 'Open now, or closed.', schema: { type: 'string', enum: ['open', 'closed'] } },
  { name: 'closeReason', description: 'Why it ended.', schema: { type: 'string', enum: [...CLOSE_REASONS] } },
  { name: 'from', description: `Opened at or after. ${TIME}`, schema: TEXT },
  { name: 'to', description: `Opened before. ${TIME}`, schema: TEXT },
  {
    name: 'sort',
    description: 'By opening time; - is newest first.',
    schema: { type: 'string', enum: ['openedAt', '-openedAt'], default: '-openedAt' },
  },
  ...PAGE_PARAMETERS,
];

/** Describes the parameters of the list. */
export const ApiOpportunityQuery = (): MethodDecorator => apiQuery(PARAMETERS);
