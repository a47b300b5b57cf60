import { Module } from '@nestjs/common';
import { CandleRoller } from './candle-roller.js';
import { DetectorLease } from './detector-lease.js';
import { HistoryWriters } from './history-writers.js';
import { Housekeeper } from './housekeeper.js';
import { LeaseRepository } from './lease.repository.js';
import { OpportunitiesController } from './opportunities.controller.js';
import { OpportunityWriter } from './opportunity-writer.js';
import { OpportunityRepository } from './opportunity.repository.js';
import { Recorder } from './recorder.js';
import { RefusalWriter } from './refusal-writer.js';
import { RefusalRepository } from './refusal.repository.js';
import { RefusalsController } from './refusals.controller.js';
import { Retention } from './retention.js';
import { RollupRepository } from './rollup.repository.js';
import { RouteRepository } from './route.repository.js';
import { SpreadWriter } from './spread-writer.js';
import { SpreadRepository } from './spread.repository.js';
import { SpreadsController } from './spreads.controller.js';

const REPOSITORIES = [
  OpportunityRepository,
  RouteRepository,
  RefusalRepository,
  SpreadRepository,
  RollupRepository,
  LeaseRepository,
];
const WRITERS = [OpportunityWriter, RefusalWriter, SpreadWriter, HistoryWriters];

/** Stores what detection tells and answers questions about it; needs its ports, the database, clock and log. */
@Module({
  controllers: [OpportunitiesController, RefusalsController, SpreadsController],
  providers: [...REPOSITORIES, CandleRoller, ...WRITERS, DetectorLease, Recorder, Retention, Housekeeper],
  exports: [Recorder],
})
export class HistoryModule {}
