import { Injectable } from '@nestjs/common';
import { counter, gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import { CLOSED, INPUTS, OPENED, UPDATED } from './detection-tally.js';
import { DetectionService } from './detection.service.js';

const REFUSALS = counter(
  'crossbook_refusals_total',
  'Times that a route began to be turned away for a reason',
  'reason',
);
const OPEN = gauge('crossbook_opportunities_open', 'Opportunities that are open');
const RUNNING = gauge('crossbook_detection_running', '1 while detection takes inputs');

/** Tells of detection: by reason, never by route or symbol. */
@Injectable()
export class DetectionMetrics extends MetricSource {
  override readonly families = [INPUTS, OPENED, UPDATED, CLOSED, REFUSALS, OPEN, RUNNING];
  override readonly histograms;

  constructor(private readonly detection: DetectionService) {
    super();
    this.histograms = [detection.tally.loopDelay, detection.tally.queue];
  }

  override collect(set: SetMetric): void {
    const { detection } = this;
    detection.tally.tell(set);
    for (const [reason, entries] of detection.refusalTotals()) set(REFUSALS, entries, { reason });
    set(OPEN, detection.openCount, {});
    set(RUNNING, Number(detection.isRunning), {});
  }
}
