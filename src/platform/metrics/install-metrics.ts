import type { INestApplication } from '@nestjs/common';
import { RequestMetrics } from './request-metrics.js';

/** Counts every HTTP request from now on; to be called before anything else that may answer one. */
export function installMetrics(app: INestApplication): void {
  app.use(app.get(RequestMetrics).watch);
}
