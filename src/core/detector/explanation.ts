import type { RefusalReason } from '../gates/refusal-reason.js';
import type { OpportunityFigures } from '../opportunity/lifecycle.js';

/** One gate's word about a route. */
export interface GateWord {
  readonly reason: RefusalReason;
  /** Null where an earlier gate refused and this one cannot be asked without it. */
  readonly passed: boolean | null;
  /** What it measured, with the bound it was held to. */
  readonly measured: Readonly<Record<string, number | string | null>>;
}

/** What stands between a route and an opportunity now. */
export interface Explanation {
  readonly routeId: string;
  readonly atMs: number;
  /** `no_candidate`: the last known tops are not crossed. */
  readonly verdict: 'open' | 'refused' | 'no_candidate';
  /** The first gate that refuses; null when none does. */
  readonly reason: RefusalReason | null;
  /** Best bid over best ask in the buying leg's quote, bps; null where a side or a conversion is missing. */
  readonly grossBps: number | null;
  readonly gates: readonly GateWord[];
  /** What it would be worth; null where a book is missing. */
  readonly figures: OpportunityFigures | null;
}
