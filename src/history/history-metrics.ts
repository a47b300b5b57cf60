import { Injectable } from '@nestjs/common';
import { counter, gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import { Recorder } from './recorder.js';

const WAITING = gauge('crossbook_recorder_waiting_rows', 'Rows that wait for the database', 'kind');
const SPILLED = gauge('crossbook_recorder_spilled_rows', 'Those of them that wait on disk', 'kind');
const LAG = gauge('crossbook_recorder_lag_seconds', 'Age of the oldest row that waits; 0 where none does', 'kind');
const BEHIND = gauge('crossbook_recorder_behind', '1 while the database takes no rows', 'kind');
const WRITTEN = counter('crossbook_recorder_rows_total', 'Rows written, updates included', 'kind');
const LOST = counter(
  'crossbook_recorder_lost_rows_total',
  'Rows that could not be kept: queue and disk were full, or the database refused them',
  'kind',
);

/** Tells how far the recorder is with each kind of rows. */
@Injectable()
export class HistoryMetrics extends MetricSource {
  override readonly families = [WAITING, SPILLED, LAG, BEHIND, WRITTEN, LOST];

  constructor(private readonly recorder: Recorder) {
    super();
  }

  override collect(set: SetMetric): void {
    for (const [kind, { waiting, spilled, lagMs, isBehind, stored, lost }] of Object.entries(
      this.recorder.allMetrics,
    )) {
      set(WAITING, waiting, { kind });
      set(SPILLED, spilled, { kind });
      set(LAG, lagMs / 1_000, { kind });
      set(BEHIND, Number(isBehind), { kind });
      set(WRITTEN, stored, { kind });
      set(LOST, lost, { kind });
    }
  }
}
