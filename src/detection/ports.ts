import type { Observable } from 'rxjs';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import type { Explanation } from '../core/detector/explanation.js';
import type { EnteredRefusal, RefusalCount, RefusalMinute } from '../core/gates/refusal-reason.js';
import type { IdentityEntry } from '../core/market/identity-entry.js';
import type { Instrument } from '../core/market/instrument.js';
import type { DetectionInput, IdentityEvent } from '../core/input/market-event.js';
import type { SpreadCandle } from '../core/spread-history/spread-candle.js';

/** The live opportunities, as the feed and the history see them. */
export abstract class OpportunityFeed {
  /** Id of this run of the detector. */
  abstract readonly epoch: string;
  /** Hot: the input log, each entry just before it is judged; completes once all is closed. */
  abstract readonly inputs$: Observable<DetectionInput>;
  /** When everything was closed with `shutdown`, epoch ms; null while it runs. */
  abstract readonly endedAtMs: number | null;
  /** Whether events carry their position in a log that several services read; else each service counts for itself. */
  readonly isPlaced: boolean = false;
  /** Hot: every step of every opportunity, in order. */
  abstract readonly events$: Observable<OpportunityEvent>;
  /** Hot: what was turned away, once each minute is over. */
  abstract readonly refusalMinutes$: Observable<readonly RefusalMinute[]>;
  /** Hot: the best routes of each base, once each second is over. */
  abstract readonly spreads$: Observable<readonly SpreadCandle[]>;
  /** Those open now, with their newest figures and without books. */
  abstract open(): readonly Opportunity[];
  /** One that is open now, with the books of its opening. */
  abstract find(id: string): Opportunity | undefined;
  /** What was turned away since the start, by route and reason. */
  abstract refusals(): readonly RefusalCount[];
  /** What was entered since this was last asked: each entry is told once, to the live feed. */
  abstract takeEnteredRefusals(): readonly EnteredRefusal[];
  /** What was turned away in the minute that is not over. */
  abstract refusalMinute(): readonly RefusalMinute[];
  /** What stands between a route and an opportunity now; null where an instrument of it was never seen. */
  abstract explain(buy: Instrument, sell: Instrument): Promise<Explanation | null>;
  /** What is held of tickers: allowed, denied and why. */
  abstract identities(): Promise<readonly IdentityEntry[]>;
  /** Enters a person's decision into the input log; `atMs` is set there. */
  abstract decideIdentity(decision: Omit<IdentityEvent, 'type' | 'atMs'>): void;
}
