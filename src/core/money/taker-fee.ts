const PRECISION = 1e6;

/**
 * Turns a fee given as a share of the notional into bps, free of the noise that multiplying a double adds.
 *
 * @param share - Share of the notional; 0.001 is a tenth of a percent, negative is a rebate.
 * @returns The fee in bps, to a millionth of one.
 */
export function feeShareToBps(share: number): number {
  return Math.round(share * 10_000 * PRECISION) / PRECISION;
}
