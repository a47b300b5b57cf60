import { applyDecorators } from '@nestjs/common';
import { ApiQuery, type ApiQueryOptions, ApiResponse } from '@nestjs/swagger';
import { DEFAULT_LIMIT, MAX_LIMIT } from './list-query.js';

/** The schema of an object's properties, as OpenAPI writes it. */
type Properties = Readonly<Record<string, object>>;

/** The schema of a page. */
interface PageSchema {
  readonly type: 'object';
  readonly required: string[];
  readonly properties: Record<string, object>;
}

export const NUMBER = { type: 'number' } as const;
export const TEXT = { type: 'string' } as const;
export const NULLABLE_NUMBER = { type: 'number', nullable: true } as const;
/** How a time is written in a query. */
export const TIME = 'ISO 8601 (without zone: UTC) or epoch milliseconds.';

/** Parameters that say which routes are meant. */
export const ROUTE_PARAMETERS: readonly ApiQueryOptions[] = [
  { name: 'symbol', description: 'Unified symbol of the buying leg.', example: 'BTC/USDT', schema: TEXT },
  { name: 'routeId', description: 'As opportunities and refusals show it.', schema: TEXT },
  { name: 'exchange', description: 'On either side, by ccxt id.', example: 'okx', schema: TEXT },
  { name: 'buyExchange', description: 'Where it is bought.', schema: TEXT },
  { name: 'sellExchange', description: 'Where it is sold.', schema: TEXT },
];

/** Properties that name a route. */
export const ROUTE_SCHEMA = {
  routeId: TEXT,
  symbol: { ...TEXT, description: 'Of the buying leg.' },
  buyExchange: TEXT,
  sellExchange: TEXT,
};

/** Parameters of a page. */
export const PAGE_PARAMETERS: readonly ApiQueryOptions[] = [
  { name: 'limit', schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT } },
  { name: 'cursor', description: 'nextCursor of the page before.', schema: TEXT },
];

/** Describes the parameters of a list. */
export const apiQuery = (parameters: readonly ApiQueryOptions[]): MethodDecorator =>
  applyDecorators(...parameters.map((parameter) => ApiQuery({ required: false, ...parameter })));

/** The schema of a page of a list. */
export const pageOf = (item: Properties, others: Properties = {}): PageSchema => ({
  type: 'object' as const,
  required: ['data', 'nextCursor', 'hasMore'],
  properties: {
    data: { type: 'array' as const, items: { type: 'object' as const, properties: { ...item } } },
    nextCursor: { type: 'string' as const, nullable: true },
    hasMore: { type: 'boolean' as const },
    ...others,
  },
});

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
