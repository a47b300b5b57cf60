import type { SimulatedExchange } from './listings.js';

/** A stretch of time in which one exchange's price of one symbol is out of line with the others. */
export interface Dislocation {
  readonly exchange: SimulatedExchange;
  readonly symbol: string;
  /** `cheap`: asks too low, buy here; `dear`: bids too high, sell here. */
  readonly direction: 'cheap' | 'dear';
  /** `tip`: only a few levels are out of line, the other side recedes; `deep`: the whole book moves. */
  readonly shape: 'tip' | 'deep';
  /** Aimed net gain against the counterpart, bps after both taker fees. */
  readonly netBps: number;
  /** How far the price is bent to reach it, bps. */
  readonly shiftBps: number;
  /** Notional of the tip, USD; without meaning when deep. */
  readonly tipUsd: number;
  readonly startStep: number;
  /** First step without it. */
  readonly endStep: number;
}
