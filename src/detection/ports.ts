import type { Observable } from 'rxjs';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import type { RefusalCount } from '../core/gates/refusal-reason.js';

/** The live opportunities, as the feed and the history see them. */
export abstract class OpportunityFeed {
  /** Id of this run of the detector. */
  abstract readonly epoch: string;
  /** Hot: every step of every opportunity, in order. */
  abstract readonly events$: Observable<OpportunityEvent>;
  /** Those open now, with their newest figures and without books. */
  abstract open(): readonly Opportunity[];
  /** One that is open now, with the books of its opening. */
  abstract find(id: string): Opportunity | undefined;
  /** What was turned away since the start, by route and reason. */
  abstract refusals(): readonly RefusalCount[];
}
