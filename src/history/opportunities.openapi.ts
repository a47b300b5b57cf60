import { applyDecorators } from '@nestjs/common';
import { ApiQuery, type ApiQueryOptions, ApiResponse } from '@nestjs/swagger';
import { CLOSE_REASONS, DEFAULT_LIMIT, MAX_LIMIT } from './opportunity-query.js';

const NUMBER = { type: 'number' } as const;
const TEXT = { type: 'string' } as const;
const NULLABLE_NUMBER = { type: 'number', nullable: true } as const;
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
  afterTransfer: { type: 'object' as const, nullable: true },
  openedAtMs: NUMBER,
  updatedAtMs: NUMBER,
  closedAtMs: NULLABLE_NUMBER,
  closeReason: { type: 'string' as const, nullable: true, enum: [...CLOSE_REASONS, null] },
  peakNetBps: NUMBER,
  standing: { type: 'boolean' as const },
  detectedAtMs: NUMBER,
};

const LEG_BOOK = {
  type: 'object' as const,
  properties: { exchange: TEXT, symbol: TEXT, bids: LEVELS, asks: LEVELS },
};

/** One opportunity with its books. */
export const OPPORTUNITY_SCHEMA = {
  type: 'object' as const,
  properties: {
    ...FIGURES,
    books: { type: 'object' as const, properties: { opening: { type: 'array' as const, items: LEG_BOOK } } },
  },
};

/** A page of opportunities, without books. */
export const LIST_SCHEMA = {
  type: 'object' as const,
  required: ['data', 'nextCursor', 'hasMore'],
  properties: {
    data: { type: 'array' as const, items: { type: 'object' as const, properties: FIGURES } },
    nextCursor: { type: 'string' as const, nullable: true },
    hasMore: { type: 'boolean' as const },
  },
};

const TIME = 'ISO 8601 (without zone: UTC) or epoch milliseconds.';
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
export const ApiOpportunityQuery = (): MethodDecorator =>
  applyDecorators(...PARAMETERS.map((parameter) => ApiQuery({ required: false, ...parameter })));

/** Describes a refusal, an RFC 9457 problem document. */
export const ApiProblem = (status: number, description: string): MethodDecorator =>
  applyDecorators(
    ApiResponse({
      status,
      description,
      content: {
        'application/problem+json': {
          schema: {
            type: 'object',
            properties: {
              status: { type: 'integer' },
              code: TEXT,
              detail: TEXT,
              field: { type: 'string', nullable: true },
            },
          },
        },
      },
    }),
  );
