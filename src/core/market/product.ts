import type { SymbolParts } from './symbol.js';

/** What is traded under a symbol; a dated future with its expiry, since two of different dates are two products. */
export type Product = 'spot' | 'swap' | `future-${string}` | 'option';

/**
 * Tells the product of a unified symbol: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual swap, `BTC/USDT:USDT-261225` a
 * future and `BTC/USD:BTC-261225-90000-C` an option.
 *
 * @param parts - The symbol's parts.
 * @returns The product.
 * @see {@link https://docs.ccxt.com/#/README?id=contract-naming-conventions}
 */
export function productOf({ settle }: SymbolParts): Product {
  if (settle === null) return 'spot';
  const [, expiry, strike] = settle.split('-');
  if (expiry === undefined) return 'swap';
  return strike === undefined ? `future-${expiry}` : 'option';
}

/**
 * Tells whether a spread between two products is one of price: what is delivered on another day costs another price.
 *
 * @param a - One product.
 * @param b - The other.
 * @returns True for spot and perpetual swaps in any mixture, and for futures of one date.
 */
export function isJoinable(a: Product, b: Product): boolean {
  return a === b ? a !== 'option' : isUndated(a) && isUndated(b);
}

function isUndated(product: Product): boolean {
  return product === 'spot' || product === 'swap';
}
