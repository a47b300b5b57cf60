import { z } from 'zod';
import { parseTime } from '../platform/validation/index.js';

const time = z.unknown().transform((value, context): number => {
  const ms = typeof value === 'string' ? parseTime(value) : undefined;
  if (ms !== undefined) return ms;
  const message = 'must be one time, as ISO 8601 (2026-11-22T10:00:00Z) or epoch milliseconds';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Parameters of every list that is limited in time: from this on, and before that. */
export const RANGE_PARAMETERS = { from: time.optional(), to: time.optional() };
