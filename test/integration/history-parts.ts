import type { OpportunityFeed } from '../../src/detection/index.js';
import { BatchWriter } from '../../src/history/batch-writer.js';
import { DetectorLease } from '../../src/history/detector-lease.js';
import { LeaseRepository } from '../../src/history/lease.repository.js';
import { OpportunitiesController } from '../../src/history/opportunities.controller.js';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import { Recorder } from '../../src/history/recorder.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Settings, settingsSchema } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Database } from '../../src/platform/prisma/index.js';

/** The history of one detector, put together without the framework. */
export interface HistoryParts {
  readonly repository: OpportunityRepository;
  readonly leases: LeaseRepository;
  readonly lease: DetectorLease;
  readonly writer: BatchWriter;
  readonly recorder: Recorder;
  readonly controller: OpportunitiesController;
}

/** Puts a history together over a real database. */
export function historyOf(
  database: Database,
  feed: OpportunityFeed,
  history: Partial<Settings['history']> = {},
): HistoryParts {
  const settings = settingsSchema.parse({ history: { flushMs: 20, ...history } });
  const log = openLog('silent');
  const clock = new SystemClock();
  const repository = new OpportunityRepository(database);
  const leases = new LeaseRepository(database);
  const lease = new DetectorLease(leases, repository, settings, log);
  const writer = new BatchWriter(repository, clock, settings, log);
  const recorder = new Recorder(feed, writer, lease, settings, log);
  const controller = new OpportunitiesController(repository, writer, feed, clock);
  return { repository, leases, lease, writer, recorder, controller };
}
