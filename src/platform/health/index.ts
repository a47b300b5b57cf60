export { HealthModule } from './health.module.js';
export type { ReadinessCheck } from './readiness.js';
