import type { RouteNames } from '../market/route.js';

/** Why a candidate was turned away, in the order in which the gates are asked; a refusal has exactly one reason. */
export const REFUSAL_REASONS = [
  'exchange_down',
  'out_of_sync',
  'one_sided',
  'crossed_book',
  'stale',
  'skewed',
  'late',
  'identity',
  'quote',
  'below_threshold',
  'too_thin',
  'too_good',
  'not_transferable',
  'flicker',
] as const;

/** One of {@link REFUSAL_REASONS}. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Refusals of one route for one reason since the start of the epoch. */
export interface RefusalCount extends RouteNames {
  readonly reason: RefusalReason;
  /** Times that the route entered this reason. */
  readonly entries: number;
  /** Milliseconds spent in it. */
  readonly durationMs: number;
  readonly lastAtMs: number;
  /** What the gate measured at the last entry: kept for review. */
  readonly measured: Readonly<Record<string, number | string | null>>;
}

/** A route and reason that were entered since the last time that this was asked. */
export interface EnteredRefusal {
  /** Entries since then. */
  readonly entered: number;
  readonly refusal: RefusalCount;
}

/** Refusals of one route for one reason within one minute: what is stored. */
export interface RefusalMinute extends RouteNames {
  /** Version of this shape. */
  readonly v: 1;
  /** The run of the detector that counted. */
  readonly epoch: string;
  /** Start of the minute, epoch ms. */
  readonly minuteMs: number;
  readonly reason: RefusalReason;
  /** Entries within this minute; 0 where a spell went on from the minute before. */
  readonly entries: number;
  /** Milliseconds of this minute spent in it. */
  readonly durationMs: number;
}
