export { OpportunityFeed } from './ports.js';
