import type { DetectionService } from './detection/index.js';
import type { ReadinessCheck } from './platform/health/index.js';
import type { Database } from './platform/prisma/index.js';

/** Whether the database answers. */
export function databaseCheck(database: Database): ReadinessCheck {
  return {
    name: 'database',
    check: async () => {
      await database.query('SELECT 1');
      return null;
    },
  };
}

/** Whether detection takes its inputs. */
export function detectionCheck(detection: DetectionService): ReadinessCheck {
  return { name: 'detection', check: () => Promise.resolve(detection.isRunning ? null : 'does not run') };
}
