import { Injectable } from '@nestjs/common';
import { Log } from '../platform/logging/index.js';
import { counter, Tally } from '../platform/metrics/index.js';

/** Why an alert is told to nobody: what was decided, and what could not be helped. */
const DROPS = ['duplicate', 'quiet_hours', 'queue_full', 'outbox_full', 'refused'] as const;

/** Counts what becomes of alerts, and says what a person must know of it. */
@Injectable()
export class AlertTally {
  readonly delivered = new Tally(
    counter('crossbook_alerts_delivered_total', 'Alerts that a target took, sums of several as one', 'target'),
  );
  readonly failed = new Tally(
    counter('crossbook_alerts_failed_total', 'Attempts at telling a target that failed', 'target'),
  );
  readonly dead = new Tally(
    counter('crossbook_alerts_dead_total', 'Alerts that became dead letters, to be sent again by hand', 'target'),
  );
  readonly summed = new Tally(
    counter('crossbook_alerts_summed_total', 'Alerts that came too fast and were told in one with others', 'target'),
  );
  readonly dropped = new Tally(
    counter('crossbook_alerts_dropped_total', 'Alerts that are told to nobody, by the reason', 'reason'),
  );

  constructor(readonly log: Log) {
    for (const reason of DROPS) this.drop(reason, 0);
  }

  /** All of them, for the metrics. */
  get all(): readonly (Tally<'target'> | Tally<'reason'>)[] {
    return [this.delivered, this.failed, this.dead, this.summed, this.dropped];
  }

  drop(reason: (typeof DROPS)[number], count = 1): void {
    this.dropped.add({ reason }, count);
  }
}

/** What went wrong, for the log. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
