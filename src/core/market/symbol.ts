/** The parts of a unified symbol: `BTC/USDT` or, for contracts, `BTC/USDT:USDT`. */
export interface SymbolParts {
  readonly base: string;
  readonly quote: string;
  /** Settlement asset of a contract, null for spot. */
  readonly settle: string | null;
}

/** The longest symbol that is taken from outside; those of exchanges are a third as long. */
export const MAX_SYMBOL_LENGTH = 100;

const SYMBOL = /^([A-Z0-9][A-Z0-9.$_-]*)\/([A-Z0-9][A-Z0-9.$_-]*)(?::([A-Z0-9][A-Z0-9.$_-]*))?$/;

/**
 * Splits a unified symbol into its assets.
 *
 * @param symbol - Unified symbol as ccxt writes it.
 * @returns The parts, or null when the text is no unified symbol.
 */
export function parseSymbol(symbol: string): SymbolParts | null {
  const match = SYMBOL.exec(symbol);
  if (!match) return null;
  const [, base = '', quote = '', settle] = match;
  return { base, quote, settle: settle ?? null };
}
