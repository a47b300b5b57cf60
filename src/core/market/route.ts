import type { Instrument } from './instrument.js';

/** What a route joins; `cross` buys on one exchange and sells on another. */
export type RouteKind = 'cross';

/** Which side of its book a leg takes: `buy` takes asks, `sell` takes bids. */
export type LegSide = 'buy' | 'sell';

/** An ordered way through instruments; live state, refusals and samples key on its id. */
export interface Route {
  readonly id: string;
  readonly kind: RouteKind;
  readonly buy: Instrument;
  readonly sell: Instrument;
}

/** A route as rows of minutes, seconds and counts name it. */
export interface RouteNames {
  readonly routeId: string;
  /** Of the buying leg. */
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
}

/**
 * @param route - A route.
 * @returns Its names.
 */
export function namesOf({ id, buy, sell }: Route): RouteNames {
  return { routeId: id, symbol: buy.symbol, buyExchange: buy.exchange, sellExchange: sell.exchange };
}

/**
 * Builds the route that buys on one instrument and sells on another.
 *
 * @param buy - Where the base is bought.
 * @param sell - Where it is sold.
 * @returns The route with its stable id, `cross:okx:BTC/USDT>binance:BTC/USDT`.
 */
export function crossRoute(buy: Instrument, sell: Instrument): Route {
  return { id: `cross:${buy.exchange}:${buy.symbol}>${sell.exchange}:${sell.symbol}`, kind: 'cross', buy, sell };
}
