export { DetectionModule } from './detection.module.js';
export { DetectionService } from './detection.service.js';
export { OpportunityFeed } from './ports.js';
export { detectorSettings } from './detector-settings.js';
