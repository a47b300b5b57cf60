import { type Abstract, type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { WriterMetrics } from './batch-writer.js';
import { CandleRoller } from './candle-roller.js';
import { ExportGate } from '../platform/export/index.js';
import { DetectorLease } from './detector-lease.js';
import { OpportunityRangeInterceptor } from './exports/opportunity.interceptor.js';
import { RefusalRangeInterceptor } from './exports/refusal.interceptor.js';
import { CandleRangeInterceptor, SampleRangeInterceptor } from './exports/spread.interceptor.js';
import { HistoryMetrics } from './history-metrics.js';
import { HistoryWriters } from './history-writers.js';
import { Housekeeper } from './housekeeper.js';
import { LeaseRepository } from './lease.repository.js';
import { MatrixController } from './matrix.controller.js';
import { MatrixRepository } from './matrix.repository.js';
import { OpportunitiesController } from './opportunities.controller.js';
import { OpportunityWriter } from './opportunity-writer.js';
import { OpportunityRepository } from './opportunity.repository.js';
import { PartitionRepository } from './partition.repository.js';
import { Recorder } from './recorder.js';
import { RemoteLeases } from './remote-leases.js';
import { RunLease } from './run-lease.js';
import { RefusalWriter } from './refusal-writer.js';
import { RefusalRepository } from './refusal.repository.js';
import { RefusalsController } from './refusals.controller.js';
import { Retention } from './retention.js';
import { RollupRepository } from './rollup.repository.js';
import { RouteRepository } from './route.repository.js';
import { SeriesRepository } from './series.repository.js';
import { SpreadWriter } from './spread-writer.js';
import { SpreadRepository } from './spread.repository.js';
import { SpreadsController } from './spreads.controller.js';
import { StatsController } from './stats/stats.controller.js';
import { StatsRepository } from './stats/stats.repository.js';

const REPOSITORIES = [
  PartitionRepository,
  OpportunityRepository,
  RouteRepository,
  RefusalRepository,
  SpreadRepository,
  RollupRepository,
  LeaseRepository,
  SeriesRepository,
  MatrixRepository,
  StatsRepository,
];
const WRITERS = [OpportunityWriter, RefusalWriter, SpreadWriter, HistoryWriters];
const EXPORTS = [
  { provide: ExportGate, useFactory: () => new ExportGate() },
  OpportunityRangeInterceptor,
  RefusalRangeInterceptor,
  CandleRangeInterceptor,
  SampleRangeInterceptor,
];

/** What others ask of the rows. */
interface RowsPort {
  flushWithin(waitMs: number): Promise<boolean>;
}

/** What others ask of the recorder. */
interface RecorderPort {
  readonly allMetrics: Readonly<Record<string, Omit<WriterMetrics, 'spilled' | 'stored'>>>;
}

const READING = {
  controllers: [OpportunitiesController, RefusalsController, SpreadsController, MatrixController, StatsController],
  providers: [...REPOSITORIES, ...EXPORTS, CandleRoller, ...WRITERS] as Provider[],
};
const RECORDING: Provider[] = [Recorder, HistoryMetrics, Retention, Housekeeper];

/** Stores what detection tells and answers questions about it; needs its ports, the database, clock and log. */
@Module({})
export class HistoryModule {
  /**
   * Both, in one process.
   *
   * @param port - The port under which others, who do not know this feature, ask how far the recorder is.
   * @returns The module with that port bound, for every room.
   */
  static providing(port: Abstract<RecorderPort>): DynamicModule {
    return {
      module: HistoryModule,
      global: true,
      controllers: READING.controllers,
      providers: [
        ...READING.providers,
        { provide: RunLease, useClass: DetectorLease },
        ...RECORDING,
        { provide: port, useExisting: Recorder },
      ],
      exports: [port, Recorder],
    };
  }

  /** Answers questions about what others store. */
  static reading(): DynamicModule {
    return { ...READING, module: HistoryModule };
  }

  /**
   * Stores what detectors elsewhere tell.
   *
   * @param port - The port under which others ask for the rows to be stored.
   */
  static recording(port: Abstract<RowsPort>): DynamicModule {
    return {
      module: HistoryModule,
      global: true,
      providers: [
        ...REPOSITORIES,
        CandleRoller,
        ...WRITERS,
        { provide: RunLease, useClass: RemoteLeases },
        ...RECORDING,
        { provide: port, useExisting: HistoryWriters },
      ],
      exports: [port],
    };
  }
}
