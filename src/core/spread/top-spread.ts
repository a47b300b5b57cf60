import { costAfterFee, proceedsAfterFee, toBps } from '../money/bps.js';

/**
 * Returns the spread between two exchanges before fees.
 *
 * @param ask - Best ask of the buying exchange, greater than zero.
 * @param bid - Best bid of the selling exchange.
 * @returns Bps of the ask; positive when the bid is above the ask.
 */
export function grossBps(ask: number, bid: number): number {
  return toBps(bid - ask, ask);
}

/**
 * Returns the spread left after both taker fees when buying at `ask` on one exchange and selling at `bid` on another.
 *
 * @param ask - Buy price, quote per base, greater than zero.
 * @param bid - Sell price, quote per base.
 * @param buyTakerFeeBps - Taker fee of the buying exchange, bps of notional.
 * @param sellTakerFeeBps - Taker fee of the selling exchange, bps of notional.
 * @returns Bps of the notional bought without fees; zero or less does not pay.
 */
export function netBps(ask: number, bid: number, buyTakerFeeBps: number, sellTakerFeeBps: number): number {
  return toBps(proceedsAfterFee(bid, sellTakerFeeBps) - costAfterFee(ask, buyTakerFeeBps), ask);
}
