import { isDollarStablecoin } from '../market/quote.js';
import { parseSymbol } from '../market/symbol.js';
import type { Candidate } from './candidate.js';

/**
 * Refuses a quote whose worth in USD no live book tells, since then no minimum in USD can be held against it.
 *
 * A dollar stablecoin passes: both legs are quoted in it, so its exact worth decides nothing but the minimum size.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isQuoteUnknown({ route, usdPerQuote }: Candidate): boolean {
  if (usdPerQuote !== null) return false;
  const parts = parseSymbol(route.buy.symbol);
  return parts === null || !isDollarStablecoin(parts.quote);
}
