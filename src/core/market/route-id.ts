import type { Instrument } from './instrument.js';

const CROSS = /^cross:([^:>]+):([^>]+)>([^:>]+):([^>]+)$/;

/** The two instruments that the id of a cross route names. */
export interface RouteLegs {
  readonly buy: Instrument;
  readonly sell: Instrument;
}

/**
 * Reads the id of a route back into its instruments.
 *
 * @param routeId - As `crossRoute` wrote it, `cross:okx:BTC/USDT>binance:BTC/USDT`; a symbol may hold colons.
 * @returns Where it buys and where it sells; null when the text is no such id.
 */
export function parseRouteId(routeId: string): RouteLegs | null {
  const match = CROSS.exec(routeId);
  if (!match) return null;
  const [, buyExchange = '', buySymbol = '', sellExchange = '', sellSymbol = ''] = match;
  return {
    buy: { exchange: buyExchange, symbol: buySymbol },
    sell: { exchange: sellExchange, symbol: sellSymbol },
  };
}
