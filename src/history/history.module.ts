import { Module } from '@nestjs/common';
import { BatchWriter } from './batch-writer.js';
import { DetectorLease } from './detector-lease.js';
import { LeaseRepository } from './lease.repository.js';
import { OpportunitiesController } from './opportunities.controller.js';
import { OpportunityRepository } from './opportunity.repository.js';
import { Recorder } from './recorder.js';

/** Stores opportunities and answers questions about them; needs the ports of detection, database, clock and log. */
@Module({
  controllers: [OpportunitiesController],
  providers: [OpportunityRepository, LeaseRepository, BatchWriter, DetectorLease, Recorder],
  exports: [Recorder],
})
export class HistoryModule {}
