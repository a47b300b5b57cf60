import type { CcxtExchange } from '../instance/ccxt-instance.js';

/** What an exchange answered about its currencies; null when it was not asked. */
export type TakeCurrencies = () => unknown;

/**
 * Keeps the answer about currencies that comes with each list of markets, for one taker. ccxt itself merges the answers
 * into one another, so that a network that was taken away would stay.
 *
 * @param exchange - The instance.
 * @returns Hands the newest answer out, once.
 */
export function noteCurrencies(exchange: CcxtExchange): TakeCurrencies {
  let noted: unknown = null;
  const fetchCurrencies = exchange.fetchCurrencies.bind(exchange);
  exchange.fetchCurrencies = async () => (noted = await fetchCurrencies());
  return () => {
    const newest = noted;
    noted = null;
    return newest;
  };
}
