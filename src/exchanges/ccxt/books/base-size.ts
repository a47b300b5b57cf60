import type { CcxtMarket } from '../instance/ccxt-instance.js';

/** How the sizes of a market's book become amounts of its base asset. */
export interface SizeUnit {
  /** What one unit of size is worth: in the base asset, or in the quote asset of an inverse contract. */
  readonly factor: number;
  /** True for a contract whose size is a sum of the quote asset, so that the price divides it. */
  readonly isInverse: boolean;
}

/** Why a market's book cannot be used: stable snake_case codes, part of the published vocabulary. */
export type UnusableReason = 'not_trading' | 'not_tradable' | 'contract_size_unknown';

const SPOT: SizeUnit = { factor: 1, isInverse: false };

/**
 * Says how a market's sizes become base size: spot sizes are, linear contracts count multiples of the base asset
 * (contracts × contract size), inverse ones multiples of the quote asset (contracts × contract size / price).
 *
 * @param market - As ccxt lists it.
 * @returns The unit, or why there is none: `not_trading` when it is suspended; `not_tradable` for an index, an option, a
 * quanto contract (its worth in base depends on a third asset) and whatever else is neither spot, swap nor future;
 * `contract_size_unknown` for a contract without one.
 */
export function sizeUnitOf(market: CcxtMarket): SizeUnit | UnusableReason {
  if (market.active === false) return 'not_trading';
  if (market.spot === true) return SPOT;
  const isContract = market.swap === true || market.future === true;
  const isInverse = market.inverse === true;
  if (!isContract || (market.linear === true) === isInverse) return 'not_tradable';
  const { contractSize } = market;
  if (contractSize === undefined || !Number.isFinite(contractSize) || contractSize <= 0) return 'contract_size_unknown';
  return { factor: contractSize, isInverse };
}

/**
 * Copies the best levels flat, as prices and base sizes in turn.
 *
 * @param rows - `[price, size, …]`, best first, sizes as the exchange counts them.
 * @param depth - Levels that are copied at most.
 * @param unit - What a size is.
 */
export function baseLevels(
  rows: readonly (readonly number[])[],
  depth: number,
  { factor, isInverse }: SizeUnit,
): number[] {
  const levels: number[] = [];
  const length = Math.min(depth, rows.length);
  for (let rank = 0; rank < length; rank++) {
    const row = rows[rank] as readonly number[];
    const price = row[0] as number;
    const size = (row[1] as number) * factor;
    levels.push(price, isInverse ? size / price : size);
  }
  return levels;
}
