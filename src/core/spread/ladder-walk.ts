import { BPS, costAfterFee, proceedsAfterFee, toBps } from '../money/bps.js';

/** The reading side of a ladder: rank 0 is the best level. */
export interface WalkableLadder {
  readonly length: number;
  price(rank: number): number;
  size(rank: number): number;
}

/** How two ladders are brought to one asset and one quote, and how far the walk may go. */
export interface WalkTerms {
  /** Units of the asset in one unit of the buying ladder's base. */
  readonly buyUnit: number;
  readonly sellUnit: number;
  /** Buying quote per unit of the selling quote, all costs of the conversion taken off. */
  readonly rate: number;
  /** Most units of the asset; Infinity for no cap. */
  readonly maxSize: number;
  /** Most notional in the buying quote; Infinity for no cap. */
  readonly maxNotional: number;
  /** Most proceeds after the selling fee, in the buying quote; Infinity for no cap. */
  readonly maxProceeds: number;
}

/** One asset, one quote, no cap. */
export const PLAIN_TERMS: WalkTerms = {
  buyUnit: 1,
  sellUnit: 1,
  rate: 1,
  maxSize: Infinity,
  maxNotional: Infinity,
  maxProceeds: Infinity,
};

/** What buying on one ladder and selling on another would leave, over the whole paying size. */
export interface LadderWalk {
  /** Units of the asset, all of them paying; 0 when not even the tops pay. */
  readonly size: number;
  /** Sum of price × size bought, without fees, in the buying quote. */
  readonly notional: number;
  /** Sum of price × size sold, without taker fees, converted into the buying quote. */
  readonly proceeds: number;
  /** Average buy price per unit of the asset; NaN when nothing pays. */
  readonly buyVwap: number;
  /** Average sell price per unit of the asset, in the buying quote; NaN when nothing pays. */
  readonly sellVwap: number;
  /** Proceeds − notional − both fees, in the buying quote. */
  readonly netProfit: number;
  /** Bps of the notional; NaN when nothing pays. */
  readonly netBps: number;
  /** Ask levels touched. */
  readonly buyLevels: number;
  /** Bid levels touched. */
  readonly sellLevels: number;
  /** True when the terms ended the walk before the books did. */
  readonly isCapped: boolean;
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
 * @param terms - Units, conversion and caps.
 * @returns The walk over the whole paying size.
 */
export function walkLadders(
  asks: WalkableLadder,
  bids: WalkableLadder,
  buyTakerFeeBps: number,
  sellTakerFeeBps: number,
  terms: WalkTerms = PLAIN_TERMS,
): LadderWalk {
  const { buyUnit, sellUnit, rate, maxSize, maxNotional } = terms;
  const maxSold = terms.maxProceeds / proceedsAfterFee(1, sellTakerFeeBps);
  let buyRank = 0;
  let sellRank = 0;
  let askLeft = asks.length > 0 ? asks.size(0) * buyUnit : 0;
  let bidLeft = bids.length > 0 ? bids.size(0) * sellUnit : 0;
  let size = 0;
  let notional = 0;
  let proceeds = 0;
  let isCapped = false;
  while (buyRank < asks.length && sellRank < bids.length) {
    const ask = asks.price(buyRank) / buyUnit;
    const bid = (bids.price(sellRank) * rate) / sellUnit;
    if (!(proceedsAfterFee(bid, sellTakerFeeBps) > costAfterFee(ask, buyTakerFeeBps))) break;
    const offered = Math.min(askLeft, bidLeft);
    const take = Math.min(offered, maxSize - size, (maxNotional - notional) / ask, (maxSold - proceeds) / bid);
    isCapped = take < offered;
    if (take > 0) {
      size += take;
      notional += take * ask;
      proceeds += take * bid;
    }
    if (isCapped) break;
    askLeft -= take;
    bidLeft -= take;
    if (askLeft <= 0) askLeft = asks.size(++buyRank) * buyUnit;
    if (bidLeft <= 0) bidLeft = bids.size(++sellRank) * sellUnit;
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
    isCapped,
  };
}
