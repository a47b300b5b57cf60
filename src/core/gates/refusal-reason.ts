/**
 * Why a candidate was turned away, in the order in which the gates are asked; a refusal has exactly one reason.
 *
 * Some names are spoken of before their gate is built, since they are part of the stored and published vocabulary.
 */
export const REFUSAL_REASONS = [
  'exchange_down',
  'out_of_sync',
  'one_sided',
  'crossed_book',
  'stale',
  'quote',
  'below_threshold',
  'too_thin',
] as const;

/** One of {@link REFUSAL_REASONS}. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Refusals of one route for one reason since the start of the epoch. */
export interface RefusalCount {
  readonly routeId: string;
  readonly symbol: string;
  readonly reason: RefusalReason;
  /** Times that the route entered this reason. */
  readonly entries: number;
  /** Milliseconds spent in it. */
  readonly durationMs: number;
  readonly lastAtMs: number;
}
