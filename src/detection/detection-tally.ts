import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import type { TickEvent } from '../core/input/market-event.js';
import type { CloseReason, OpportunityEvent } from '../core/opportunity/opportunity.js';
import { counter, DurationHistogram, type SetMetric, Tally } from '../platform/metrics/index.js';

export const OPENED = counter('crossbook_opportunities_opened_total', 'Opportunities that opened');
export const UPDATED = counter('crossbook_opportunity_updates_total', 'Changes told of open opportunities');
export const CLOSED = counter('crossbook_opportunities_closed_total', 'Opportunities that closed, by reason', 'reason');
export const INPUTS = counter('crossbook_detection_inputs_total', 'Entries of the input log that detection judged');

/** Upper bounds, seconds; opportunities are refused as `late` from some tens of milliseconds on. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/** Each is told from the start on, as 0: the first closing for a reason is a step that `increase` sees. */
const CLOSE_REASONS = [...REFUSAL_REASONS, 'collapsed', 'max_age', 'removed', 'shutdown'] satisfies CloseReason[];

/** Counts what detection did: one addition to a plain number per input, the rest once a tick or an opportunity. */
export class DetectionTally {
  readonly loopDelay = new DurationHistogram<never>({
    name: 'crossbook_event_loop_delay_seconds',
    help: 'How late each tick of the detection clock came',
    labels: [],
    buckets: BUCKETS,
  });
  readonly queue = new DurationHistogram<never>({
    name: 'crossbook_detection_queue_seconds',
    help: 'Longest wait of a book update between its frame and its judgement, within each tick',
    labels: [],
    buckets: BUCKETS,
  });
  private inputs = 0;
  private opened = 0;
  private updated = 0;
  private readonly closed = new Tally<'reason'>(CLOSED);

  constructor() {
    for (const reason of CLOSE_REASONS) this.closed.add({ reason }, 0);
  }

  /** Counts an input; part of the hot path. */
  input(): void {
    this.inputs += 1;
  }

  tick({ loopDelayMs, queueMs }: TickEvent): void {
    this.loopDelay.observeMs(loopDelayMs, {});
    this.queue.observeMs(queueMs, {});
  }

  opportunity({ event, opportunity }: OpportunityEvent): void {
    if (event === 'opened') this.opened += 1;
    else if (event === 'updated') this.updated += 1;
    else this.closed.add({ reason: opportunity.closeReason ?? 'unknown' });
  }

  tell(set: SetMetric): void {
    set(INPUTS, this.inputs, {});
    set(OPENED, this.opened, {});
    set(UPDATED, this.updated, {});
    this.closed.tell(set);
  }
}
