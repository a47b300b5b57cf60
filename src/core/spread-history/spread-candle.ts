import type { RouteNames } from '../market/route.js';

/** The net spread of one route at the top of both books over one second, paying or not. */
export interface SpreadCandle extends RouteNames {
  /** Version of this shape. */
  readonly v: 1;
  /** Start of the second, epoch ms. */
  readonly startMs: number;
  /** Net bps after both taker fees. */
  readonly openBps: number;
  readonly highBps: number;
  readonly lowBps: number;
  readonly closeBps: number;
  /** Gross bps at the last sample. */
  readonly grossBps: number;
  /** Samples in the second. */
  readonly samples: number;
  /** Milliseconds for which it stood at the asked net bps or above. */
  readonly aboveMs: number;
}
