import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, type ApiQueryOptions, ApiResponse } from '@nestjs/swagger';
import { LIST_FORMATS, MEDIA } from '../platform/export/index.js';
import { ApiProblem, exact, type SchemaObject } from '../platform/http/index.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './list-query.js';

/** The schema of an object's properties, as OpenAPI writes it. */
type Properties = Readonly<Record<string, SchemaObject>>;

export { ApiProblem, exact };

export const NUMBER = { type: 'number' } as const;
export const WHOLE = { type: 'integer' } as const;
export const TEXT = { type: 'string' } as const;
export const BOOLEAN = { type: 'boolean' } as const;
export const NULLABLE_NUMBER = { type: ['number', 'null'] };
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

const FORMAT: ApiQueryOptions = {
  name: 'format',
  description: 'A page as JSON, or the whole range in one of the others; outweighs Accept.',
  schema: { type: 'string', enum: [...LIST_FORMATS], default: 'json' },
};

/** Parameters of a page. */
export const PAGE_PARAMETERS: readonly ApiQueryOptions[] = [
  {
    name: 'limit',
    description: 'Most rows; without it an export is whole.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  },
  { name: 'cursor', description: 'nextCursor of the page before.', schema: TEXT },
  FORMAT,
];

/** Describes the parameters of a list. */
export const apiQuery = (parameters: readonly ApiQueryOptions[]): MethodDecorator =>
  applyDecorators(...parameters.map((parameter) => ApiQuery({ required: false, ...parameter })));

/** The schema of a page of a list. */
export const pageOf = (item: SchemaObject, others: Properties = {}): SchemaObject =>
  exact({
    data: { type: 'array', items: item },
    nextCursor: { type: ['string', 'null'] },
    hasMore: BOOLEAN,
    ...others,
  });

/** A strong validator. */
const TAG = { type: 'string', pattern: '^"[A-Za-z0-9_-]+"$' };

const VARY = { description: 'Accept chooses the form.', schema: { type: 'string', enum: ['Accept'] } };

/** Describes an answer, and how one looks. */
export const ApiExample = (description: string, schema: SchemaObject, example: unknown): MethodDecorator =>
  ApiOkResponse({ description, content: { [MEDIA.json]: { schema, example } } });

/** Describes the answers of a list: a page as JSON, or the whole range; and that nothing changed. */
export const ApiList = (description: string, page: SchemaObject, example: unknown): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({
      description,
      headers: {
        ETag: { description: 'Of ranges that are over; give it back as If-None-Match.', schema: TAG },
        'Cache-Control': {
          description: 'private, no-cache with an ETag; else no-store.',
          schema: { type: 'string', enum: ['private, no-cache', 'no-store'] },
        },
        'Content-Disposition': {
          description: 'Of CSV, NDJSON and Parquet: the name of the file.',
          schema: { type: 'string', pattern: '^attachment; filename="[a-z0-9-]+\\.(csv|ndjson|parquet)"$' },
        },
        Vary: VARY,
      },
      content: {
        [MEDIA.json]: { schema: page, example },
        [MEDIA.csv]: { schema: TEXT },
        [MEDIA.ndjson]: { schema: TEXT },
        [MEDIA.parquet]: { schema: { type: 'string', format: 'binary' } },
      },
    }),
    ApiResponse({
      status: 304,
      description: 'The client has this answer already (If-None-Match).',
      headers: {
        ETag: { description: 'As it was sent.', schema: TAG },
        'Cache-Control': { description: 'Keep it, and ask.', schema: { type: 'string', enum: ['private, no-cache'] } },
        Vary: VARY,
      },
    }),
  );
