import { BPS, costAfterFee, proceedsAfterFee, toBps } from '../money/bps.js';

/** The reading side of a ladder: rank 0 is the best level. */
export interface WalkableLadder {
  readonly length: number;
  price(rank: number): number;
  size(rank: number): number;
}

/** What buying on one ladder and selling on another would leave, over the whole paying size. */
export interface LadderWalk {
  /** Base, all of it paying; 0 when not even the tops pay. */
  readonly size: number;
  /** Sum of price × size bought, without fees, in quote. */
  readonly notional: number;
  /** Sum of price × size sold, without fees, in quote. */
  readonly proceeds: number;
  /** Average buy price; NaN when nothing pays. */
  readonly buyVwap: number;
  /** Average sell price; NaN when nothing pays. */
  readonly sellVwap: number;
  /** Proceeds − notional − both fees, in quote. */
  readonly netProfit: number;
  /** Bps of the notional; NaN when nothing pays. */
  readonly netBps: number;
  /** Ask levels touched. */
  readonly buyLevels: number;
  /** Bid levels touched. */
  readonly sellLevels: number;
}

/**
 * Walks both ladders while the next unit still pays after both taker fees.
 *
 * The best ask is matched with the best bid, then whichever is used up gives way to its next level. Prices only get
 * worse on both sides, so the first pair that does not pay ends the walk and the size found has the greatest profit.
 *
 * @param asks - Where the base is bought.
 * @param bids - Where it is sold.
 * @param buyTakerFeeBps - Bps of notional.
 * @param sellTakerFeeBps - Bps of notional.
 * @returns The walk over the whole paying size.
 */
export function walkLadders(
  asks: WalkableLadder,
  bids: WalkableLadder,
  buyTakerFeeBps: number,
  sellTakerFeeBps: number,
): LadderWalk {
  let buyRank = 0;
  let sellRank = 0;
  let askLeft = asks.length > 0 ? asks.size(0) : 0;
  let bidLeft = bids.length > 0 ? bids.size(0) : 0;
  let size = 0;
  let notional = 0;
  let proceeds = 0;
  while (buyRank < asks.length && sellRank < bids.length) {
    const ask = asks.price(buyRank);
    const bid = bids.price(sellRank);
    if (!(proceedsAfterFee(bid, sellTakerFeeBps) > costAfterFee(ask, buyTakerFeeBps))) break;
    const take = Math.min(askLeft, bidLeft);
    size += take;
    notional += take * ask;
    proceeds += take * bid;
    askLeft -= take;
    bidLeft -= take;
    if (askLeft <= 0) askLeft = asks.size(++buyRank);
    if (bidLeft <= 0) bidLeft = bids.size(++sellRank);
  }
  const netProfit = proceeds - notional - (notional * buyTakerFeeBps + proceeds * sellTakerFeeBps) / BPS;
  return {
    size,
    notional,
    proceeds,
    buyVwap: notional / size,
    sellVwap: proceeds / size,
    netProfit,
    netBps: toBps(netProfit, notional),
    buyLevels: Math.min(buyRank + 1, asks.length),
    sellLevels: Math.min(sellRank + 1, bids.length),
  };
}
