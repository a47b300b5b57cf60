import type { ApiQueryOptions } from '@nestjs/swagger';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import {
  apiQuery,
  NUMBER,
  PAGE_PARAMETERS,
  pageOf,
  ROUTE_PARAMETERS,
  ROUTE_SCHEMA,
  TEXT,
  TIME,
} from './list.openapi.js';
import { GROUPS } from './refusal-query.js';

const REASON = { type: 'string' as const, enum: [...REFUSAL_REASONS] };

/** Refusals since the start, by minute, by route or by reason. */
export const REFUSALS_SCHEMA = pageOf(
  {
    ...ROUTE_SCHEMA,
    reason: REASON,
    entries: { type: 'integer' as const, description: 'Times that the route entered this reason.' },
    durationMs: { ...NUMBER, description: 'Milliseconds spent in it.' },
    lastAtMs: { ...NUMBER, description: 'Only in counts since the start.' },
    measured: {
      type: 'object' as const,
      additionalProperties: true,
      description: 'What the gate measured at the last entry; only in counts since the start.',
    },
    minuteMs: { ...NUMBER, description: 'Start of the minute; only with group=minute.' },
    epoch: { ...TEXT, description: 'The run that counted; only with group=minute.' },
  },
  { epoch: { ...TEXT, description: 'The run of now; only with counts since the start.' } },
);

const PARAMETERS: readonly ApiQueryOptions[] = [
  ...ROUTE_PARAMETERS,
  { name: 'reason', schema: REASON },
  {
    name: 'from',
    description: `Minutes that begin at or after; without it the last day before to. ${TIME}`,
    schema: TEXT,
  },
  { name: 'to', description: `Minutes that begin before. ${TIME}`, schema: TEXT },
  {
    name: 'group',
    description: 'One row per minute, route and reason (newest first), per route and reason, or per reason.',
    schema: { type: 'string', enum: [...GROUPS], default: 'minute' },
  },
  ...PAGE_PARAMETERS,
];

/** Describes the parameters of the list. */
export const ApiRefusalsQuery = (): MethodDecorator => apiQuery(PARAMETERS);
