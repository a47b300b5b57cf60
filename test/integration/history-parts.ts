import type { OpportunityFeed } from '../../src/detection/index.js';
import { CandleRoller } from '../../src/history/candle-roller.js';
import { DetectorLease } from '../../src/history/detector-lease.js';
import { HistoryWriters } from '../../src/history/history-writers.js';
import { LeaseRepository } from '../../src/history/lease.repository.js';
import { OpportunitiesController } from '../../src/history/opportunities.controller.js';
import { OpportunityWriter } from '../../src/history/opportunity-writer.js';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import { PartitionRepository } from '../../src/history/partition.repository.js';
import { Recorder } from '../../src/history/recorder.js';
import { RefusalWriter } from '../../src/history/refusal-writer.js';
import { RefusalRepository } from '../../src/history/refusal.repository.js';
import { RefusalsController } from '../../src/history/refusals.controller.js';
import { Retention } from '../../src/history/retention.js';
import { RollupRepository } from '../../src/history/rollup.repository.js';
import { RouteRepository } from '../../src/history/route.repository.js';
import { SeriesRepository } from '../../src/history/series.repository.js';
import { SpreadWriter } from '../../src/history/spread-writer.js';
import { SpreadRepository } from '../../src/history/spread.repository.js';
import { SpreadsController } from '../../src/history/spreads.controller.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Settings, settingsSchema } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Database } from '../../src/platform/prisma/index.js';

/** The history of one detector, put together without the framework. */
export interface HistoryParts {
  readonly repository: OpportunityRepository;
  readonly leases: LeaseRepository;
  readonly lease: DetectorLease;
  readonly writer: OpportunityWriter;
  readonly writers: HistoryWriters;
  readonly roller: CandleRoller;
  readonly retention: Retention;
  readonly recorder: Recorder;
  readonly controller: OpportunitiesController;
  readonly refusals: RefusalsController;
  readonly spreads: SpreadsController;
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
  const routes = new RouteRepository(database);
  const partitions = new PartitionRepository(database);
  const repository = new OpportunityRepository(database, partitions);
  const minutes = new RefusalRepository(database, routes, partitions);
  const candles = new SpreadRepository(database, routes, partitions);
  const rollups = new RollupRepository(database, partitions);
  const leases = new LeaseRepository(database);
  const lease = new DetectorLease(leases, repository, settings, log);
  const roller = new CandleRoller(rollups);
  const writer = new OpportunityWriter(repository, clock, settings, log);
  const refusalWriter = new RefusalWriter(feed, minutes, clock, settings, log);
  const spreadWriter = new SpreadWriter(candles, roller, clock, settings, log);
  const writers = new HistoryWriters(writer, refusalWriter, spreadWriter);
  return {
    repository,
    leases,
    lease,
    writer,
    writers,
    roller,
    retention: new Retention(partitions, settings),
    recorder: new Recorder(feed, writers, lease, settings, log),
    controller: new OpportunitiesController(repository, writer, feed, clock, new SeriesRepository(database)),
    refusals: new RefusalsController(minutes, refusalWriter, feed, clock),
    spreads: new SpreadsController(candles, spreadWriter),
  };
}

/** Starts to record, as the framework does it. */
export async function startOf({ recorder }: HistoryParts): Promise<void> {
  recorder.onModuleInit();
  await recorder.onApplicationBootstrap();
}
