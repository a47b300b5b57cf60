import type { RouteNames } from '../core/market/route.js';
import type { StoredCandle } from './spread.repository.js';

/** The spread of a route at the end of one second. */
export interface SpreadSample extends RouteNames {
  /** Start of the second, epoch ms. */
  readonly atMs: number;
  readonly netBps: number;
  readonly grossBps: number;
}

/** The last sample of a candle of a second. */
export function sampleOf(candle: Omit<StoredCandle, 'route'>): SpreadSample {
  const { startMs, routeId, symbol, buyExchange, sellExchange, closeBps, grossBps } = candle;
  return { atMs: startMs, routeId, symbol, buyExchange, sellExchange, netBps: closeBps, grossBps };
}
