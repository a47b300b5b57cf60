import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { DetectionMetrics } from './detection-metrics.js';
import { DetectionService } from './detection.service.js';
import { ExplainController } from './explain.controller.js';
import { IdentityDecisions } from './identity-decisions.js';
import { IdentityController } from './identity.controller.js';
import { IdentityRepository } from './identity.repository.js';
import { OpportunityFeed } from './ports.js';

/** What people ask and decide. */
const SHOWN = {
  controllers: [ExplainController, IdentityController],
  providers: [IdentityRepository, IdentityDecisions] as Provider[],
};
const DETECTOR: Provider[] = [
  DetectionService,
  DetectionMetrics,
  { provide: OpportunityFeed, useExisting: DetectionService },
];

/** Finds what would really pay. */
@Module({})
export class DetectionModule {
  /** A detector of this process. Decisions come after it: its hooks run in this order, and they are told to one that runs. */
  static local(): DynamicModule {
    return {
      module: DetectionModule,
      global: true,
      controllers: SHOWN.controllers,
      providers: [...DETECTOR, ...SHOWN.providers],
      exports: [OpportunityFeed, DetectionService],
    };
  }

  /**
   * Shows what detectors elsewhere find.
   *
   * @param feed - Provides {@link OpportunityFeed}.
   */
  static over(feed: Provider): DynamicModule {
    return {
      module: DetectionModule,
      global: true,
      controllers: SHOWN.controllers,
      providers: [feed, ...SHOWN.providers],
      exports: [OpportunityFeed],
    };
  }
}
