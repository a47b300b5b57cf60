const DOLLAR_STABLECOINS = new Set(['USDT', 'USDC', 'FDUSD', 'TUSD', 'DAI', 'PYUSD', 'USDG']);

/**
 * Tells whether an asset is meant to be worth one dollar. It need not be: only thresholds on size may lean on it,
 * never the comparison of two prices.
 *
 * @param asset - Asset code.
 * @returns True for the stablecoins that exchanges quote in.
 */
export function isDollarStablecoin(asset: string): boolean {
  return DOLLAR_STABLECOINS.has(asset);
}
