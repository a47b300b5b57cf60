import { Injectable } from '@nestjs/common';
import { gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import { AlertQueue } from './alert-queue.js';
import { AlertTally } from './alert-tally.js';
import { Deliverer } from './delivery/deliverer.js';

const WAITING = gauge('crossbook_alerts_waiting', 'Alerts that wait for a target, due or not', 'target');
const QUEUED = gauge('crossbook_alerts_queued', 'Alerts in memory that wait for the database');

/** Tells what becomes of alerts. */
@Injectable()
export class AlertMetrics extends MetricSource {
  override readonly families;

  constructor(
    private readonly tally: AlertTally,
    private readonly queue: AlertQueue,
    private readonly deliverer: Deliverer,
  ) {
    super();
    this.families = [WAITING, QUEUED, ...tally.all.map(({ family }) => family)];
  }

  override collect(set: SetMetric): void {
    for (const { target, state } of this.deliverer.lines) set(WAITING, state.waiting, { target: target.name });
    set(QUEUED, this.queue.length, {});
    for (const tally of this.tally.all) tally.tell(set);
  }
}
