import { z } from 'zod';
import { instrumentKey } from '../core/market/instrument.js';
import { parseRouteId, type RouteLegs } from '../core/market/route-id.js';
import { parseSymbol } from '../core/market/symbol.js';
import { parseQuery, ProblemError } from '../platform/http/index.js';

const exchange = z.string().regex(/^[a-z0-9]{1,40}$/, 'must be a ccxt id such as okx');
const symbol = z
  .string()
  .max(100)
  .refine((text) => parseSymbol(text) !== null, 'must be a unified symbol such as BTC/USDT');

const schema = z.strictObject({
  routeId: z
    .string()
    .max(200)
    .refine((text) => parseRouteId(text) !== null, 'must be a route such as cross:okx:BTC/USDT>kraken:BTC/USDT')
    .optional(),
  symbol: symbol.optional(),
  buyExchange: exchange.optional(),
  sellExchange: exchange.optional(),
  sellSymbol: symbol.optional(),
});

type Query = z.infer<typeof schema>;

/**
 * Reads the query of `GET /v1/explain`: a route by its id, or by its symbol and both exchanges.
 *
 * @param raw - Parameters as they came.
 * @returns Both legs.
 * @throws {ProblemError} 400 `bad_query` that names what is missing, too much or wrong.
 */
export function parseExplainQuery(raw: unknown): RouteLegs {
  const query = parseQuery(schema, raw);
  const legs = query.routeId === undefined ? legsOf(query) : legsById(query.routeId, query);
  if (instrumentKey(legs.buy) !== instrumentKey(legs.sell)) return legs;
  const field = query.routeId === undefined ? 'sellExchange' : 'routeId';
  throw new ProblemError(400, 'bad_query', 'the route buys and sells the same book; name two exchanges', field);
}

function legsById(routeId: string, query: Query): RouteLegs {
  const other = (['symbol', 'buyExchange', 'sellExchange', 'sellSymbol'] as const).find((name) => query[name]);
  const legs = parseRouteId(routeId);
  if (legs && other === undefined) return legs;
  throw new ProblemError(
    400,
    'bad_query',
    `routeId names the whole route; leave ${other ?? ''} out`,
    other ?? 'routeId',
  );
}

function legsOf(query: Query): RouteLegs {
  const required = (name: 'symbol' | 'buyExchange' | 'sellExchange'): string => {
    const value = query[name];
    if (value !== undefined) return value;
    const detail = `${name} is missing; ask with routeId, or with symbol, buyExchange and sellExchange`;
    throw new ProblemError(400, 'bad_query', detail, name);
  };
  const asked = required('symbol');
  return {
    buy: { exchange: required('buyExchange'), symbol: asked },
    sell: { exchange: required('sellExchange'), symbol: query.sellSymbol ?? asked },
  };
}
