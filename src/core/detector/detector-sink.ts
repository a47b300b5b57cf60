import type { RefusalMinute } from '../gates/refusal-reason.js';
import type { OpportunityEvent } from '../opportunity/opportunity.js';
import type { SpreadCandle } from '../spread-history/spread-candle.js';

/** Takes what a detector decides, in the call that caused it; equal logs give equal calls. */
export interface DetectorSink {
  opportunity(event: OpportunityEvent): void;
  /** Once a minute is over, and at shutdown: what was turned away in it. */
  refusals(minutes: readonly RefusalMinute[]): void;
  /** Once a second is over: the best routes of each base. */
  spreads(candles: readonly SpreadCandle[]): void;
}
