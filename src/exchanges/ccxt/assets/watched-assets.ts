import { parseSymbol } from '../../../core/market/symbol.js';

/**
 * Gives the assets that symbols trade: base and quote of each, once.
 *
 * @param symbols - Unified symbols as an exchange lists them.
 */
export function assetsOf(symbols: readonly string[]): ReadonlySet<string> {
  return new Set(
    symbols.flatMap((symbol) => {
      const parts = parseSymbol(symbol);
      return parts ? [parts.base, parts.quote] : [];
    }),
  );
}
