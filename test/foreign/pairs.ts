import type { Pair } from './true-book.js';

/** Bitcoin, in a grid of cents or tenths, as deep as is asked for. */
export function bitcoin(depth: number, priceDecimals = 2, quote = 'USDT'): Pair {
  const middle = 64_000 * 10 ** priceDecimals;
  return { symbol: `BTC/${quote}`, base: 'BTC', quote, priceDecimals, sizeDecimals: 8, middle, depth };
}

/** Ether, likewise. */
export function ether(depth: number, priceDecimals = 2, quote = 'USDT'): Pair {
  const middle = 3_100 * 10 ** priceDecimals;
  return { symbol: `ETH/${quote}`, base: 'ETH', quote, priceDecimals, sizeDecimals: 7, middle, depth };
}

/** A cheap coin whose prices begin with zeros. */
export function doge(depth: number, quote = 'USDT'): Pair {
  const pair = { symbol: `DOGE/${quote}`, base: 'DOGE', quote, priceDecimals: 5, sizeDecimals: 2 };
  return { ...pair, middle: 21_000, depth };
}
