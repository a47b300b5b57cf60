import { Global, Module } from '@nestjs/common';
import { DetectionMetrics } from './detection-metrics.js';
import { DetectionService } from './detection.service.js';
import { ExplainController } from './explain.controller.js';
import { IdentityDecisions } from './identity-decisions.js';
import { IdentityController } from './identity.controller.js';
import { IdentityRepository } from './identity.repository.js';
import { OpportunityFeed } from './ports.js';

@Global()
@Module({
  controllers: [ExplainController, IdentityController],
  providers: [
    DetectionService,
    DetectionMetrics,
    { provide: OpportunityFeed, useExisting: DetectionService },
    IdentityRepository,
    // After the service: its hooks run in this order, and what was decided is told to a detector that runs.
    IdentityDecisions,
  ],
  exports: [OpportunityFeed, DetectionService],
})
export class DetectionModule {}
