import { Global, Module } from '@nestjs/common';
import { DetectionService } from './detection.service.js';
import { OpportunityFeed } from './ports.js';

@Global()
@Module({
  providers: [DetectionService, { provide: OpportunityFeed, useExisting: DetectionService }],
  exports: [OpportunityFeed, DetectionService],
})
export class DetectionModule {}
