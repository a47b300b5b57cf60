/** Basis points in one: 10,000 bps are the whole. */
export const BPS = 10_000;

/**
 * Turns a part of a whole into basis points.
 *
 * @param part - For example a profit.
 * @param whole - For example the notional that it was made on, same currency.
 * @returns Bps; NaN when the whole is zero.
 */
export function toBps(part: number, whole: number): number {
  return (part / whole) * BPS;
}

/**
 * Returns what a buyer pays per unit once the taker fee is on top.
 *
 * @param price - Quote per base.
 * @param takerFeeBps - Bps of notional, may be negative.
 * @returns Quote per base.
 */
export function costAfterFee(price: number, takerFeeBps: number): number {
  return price * (1 + takerFeeBps / BPS);
}

/**
 * Returns what a seller keeps per unit once the taker fee is taken off.
 *
 * @param price - Quote per base.
 * @param takerFeeBps - Bps of notional, may be negative.
 * @returns Quote per base.
 */
export function proceedsAfterFee(price: number, takerFeeBps: number): number {
  return price * (1 - takerFeeBps / BPS);
}
