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

/**
 * @param asset - Asset code.
 * @returns True for the dollar itself and for what is meant to be worth one.
 */
export function isDollar(asset: string): boolean {
  return asset === 'USD' || isDollarStablecoin(asset);
}

/** Books of anything else never convert: what is traded moves too often to be looked at with every route. */
const MONEY = new Set(['EUR', 'GBP', 'CHF', 'JPY', 'KRW', 'TRY', 'BRL', 'AUD']);

/**
 * @param asset - Asset code.
 * @returns True where a book of it may convert one quote into another.
 */
export function isMoney(asset: string): boolean {
  return isDollar(asset) || MONEY.has(asset);
}
