import type { LegSide } from './route.js';

/** One conversion between two quotes through a live book. */
export interface ConversionStep {
  readonly exchange: string;
  readonly symbol: string;
  /** Which side of that book the trade takes. */
  readonly side: LegSide;
  readonly price: number;
  readonly takerFeeBps: number;
}

/** How the proceeds in the selling leg's quote become `currency`. */
export interface Conversion {
  readonly from: string;
  readonly to: string;
  /** `to` per unit of `from`, after the fees of all steps. */
  readonly rate: number;
  readonly steps: readonly ConversionStep[];
  /** Most of `to` that the best prices of all steps give, after their fees: what goes beyond pays another price. */
  readonly maxAmount: number;
  /** How far the rate's books stand from parity, bps, where both are meant to be one dollar; null within the band. */
  readonly depegBps: number | null;
}
