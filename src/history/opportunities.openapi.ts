import type { ApiQueryOptions } from '@nestjs/swagger';
import { apiQuery, NULLABLE_NUMBER, NUMBER, pageOf, TEXT, TIME } from './list.openapi.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './list-query.js';
import { CLOSE_REASONS } from './opportunity-query.js';

const LEVELS = {
  type: 'array' as const,
  description: 'Pairs [price, size], best first.',
  items: { type: 'array' as const, items: NUMBER },
};

const LEG = {
  type: 'object' as const,
  properties: {
    side: { type: 'string' as const, enum: ['buy', 'sell'] },
    exchange: TEXT,
    symbol: TEXT,
    vwap: { ...NUMBER, description: 'Average price over size, quote per base.' },
    size: { ...NUMBER, description: 'Base.' },
    takerFeeBps: NUMBER,
    feeSource: { type: 'string' as const, enum: ['account', 'market', 'default'] },
    exchangeTimeMs: { ...NULLABLE_NUMBER, description: "The exchange's clock, epoch ms." },
    receivedAtMs: { ...NUMBER, description: 'Our clock, epoch ms.' },
    sequence: NULLABLE_NUMBER,
  },
};

const STEP = {
  type: 'object' as const,
  properties: {
    exchange: TEXT,
    symbol: TEXT,
    side: { type: 'string' as const, enum: ['buy', 'sell'] },
    price: NUMBER,
    takerFeeBps: NUMBER,
  },
};

/** Said of what was not measured from the first version on. */
const SINCE = 'Null for what was stored before it was measured.';

const FIGURES = {
  id: TEXT,
  kind: { type: 'string' as const, enum: ['cross'] },
  state: { type: 'string' as const, enum: ['open', 'closed'] },
  symbol: TEXT,
  legs: { type: 'array' as const, items: LEG },
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
  revision: { type: 'integer' as const },
  afterTransfer: {
    type: 'object' as const,
    nullable: true,
    description: 'What is left when the base is moved over the cheapest network that both leave open now.',
    properties: {
      netProfit: NUMBER,
      network: TEXT,
      feeAmount: { ...NUMBER, description: 'Withdrawal fee, in base.' },
      minAmount: NULLABLE_NUMBER,
      knownAtMs: NUMBER,
    },
  },
  conversion: {
    type: 'object' as const,
    nullable: true,
    description: 'How the proceeds become currency where the legs have different quotes.',
    properties: {
      from: TEXT,
      to: TEXT,
      rate: { ...NUMBER, description: 'After the fees of all steps.' },
      steps: { type: 'array' as const, items: STEP },
      maxAmount: { ...NUMBER, description: 'Most of the buying quote that the best prices of all steps give.' },
      depegBps: { ...NULLABLE_NUMBER, description: 'How far a stablecoin stands from parity; null within its band.' },
    },
  },
  identity: {
    type: 'string' as const,
    nullable: true,
    enum: ['same_company', 'contract', 'price_ratio', 'allowed', null],
    description: `What proves that both legs trade the same asset. ${SINCE}`,
  },
  cappedBy: {
    type: 'string' as const,
    nullable: true,
    enum: ['maxNotional', 'buyBalance', 'sellBalance', 'conversion', null],
    description: 'What kept the size below what the books would pay.',
  },
  openedAtMs: NUMBER,
  updatedAtMs: NUMBER,
  closedAtMs: NULLABLE_NUMBER,
  closeReason: { type: 'string' as const, nullable: true, enum: [...CLOSE_REASONS, null] },
  peakNetBps: NUMBER,
  peakSize: { ...NULLABLE_NUMBER, description: `Largest paying size seen, base. ${SINCE}` },
  aboveMs: { ...NULLABLE_NUMBER, description: `Time in which it passed every gate. ${SINCE}` },
  standing: { type: 'boolean' as const },
  detectedAtMs: NUMBER,
};

const LEG_BOOK = {
  type: 'object' as const,
  properties: { exchange: TEXT, symbol: TEXT, bids: LEVELS, asks: LEVELS },
};

const LEG_BOOKS = { type: 'array' as const, items: LEG_BOOK };

/** One opportunity with its books and what the gates measured. */
export const OPPORTUNITY_SCHEMA = {
  type: 'object' as const,
  properties: {
    ...FIGURES,
    gates: {
      type: 'object' as const,
      description: 'What each gate measured at the opening, by reason.',
      additionalProperties: { type: 'object' as const, additionalProperties: true },
    },
    books: {
      type: 'object' as const,
      properties: {
        opening: LEG_BOOKS,
        peak: { ...LEG_BOOKS, description: 'At the greatest net bps; absent while that is the opening.' },
      },
    },
  },
};

/** A page of opportunities, without books. */
export const LIST_SCHEMA = pageOf(FIGURES);

const PARAMETERS: readonly ApiQueryOptions[] = [
  { name: 'symbol', description: 'Unified symbol.', example: 'BTC/USDT', schema: TEXT },
  { name: 'base', description: 'Asset that is bought and sold.', example: 'BTC', schema: TEXT },
  { name: 'exchange', description: 'On either side, by ccxt id.', example: 'okx', schema: TEXT },
  { name: 'buyExchange', description: 'Where it is bought.', schema: TEXT },
  { name: 'sellExchange', description: 'Where it is sold.', schema: TEXT },
  { name: 'minNetBps', description: 'Least net bps.', schema: NUMBER },
  { name: 'minNotional', description: 'Least notional, in the currency of each.', schema: NUMBER },
  { name: 'minDurationMs', description: 'Least time open; those still open have lasted until now.', schema: NUMBER },
  { name: 'state', schema: { type: 'string', enum: ['open', 'closed'] } },
  { name: 'closeReason', schema: { type: 'string', enum: [...CLOSE_REASONS] } },
  { name: 'from', description: `Opened at or after. ${TIME}`, schema: TEXT },
  { name: 'to', description: `Opened before. ${TIME}`, schema: TEXT },
  { name: 'limit', schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT } },
  { name: 'sort', schema: { type: 'string', enum: ['openedAt', '-openedAt'], default: '-openedAt' } },
  { name: 'cursor', description: 'nextCursor of the page before.', schema: TEXT },
];

/** Describes the parameters of the list. */
export const ApiOpportunityQuery = (): MethodDecorator => apiQuery(PARAMETERS);
