/** Reserve below the wanted levels, as a multiple of them. */
const KEPT_PER_WANTED = 4;
/**
 * The least that is kept: just under the 1,000 levels of binance's cheap snapshot, so that the book knows where its
 * knowledge ends. On a recorded evening of 2024 the price of BTC crossed 200 levels within minutes, and each time the
 * known part runs low the book must be thrown away and asked for again. Costs 32 KB a book.
 */
const LEAST_KEPT = 900;

/**
 * Returns how many levels of each side are kept so that the wanted ones stay known while the price moves.
 *
 * @param wanted - Levels per side that are promised (`bookDepth`).
 * @returns Levels per side.
 */
export function keptLevels(wanted: number): number {
  return Math.max(LEAST_KEPT, wanted * KEPT_PER_WANTED);
}
