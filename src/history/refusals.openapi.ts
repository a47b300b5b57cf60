import type { ApiQueryOptions } from '@nestjs/swagger';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import {
  apiQuery,
  exact,
  NUMBER,
  PAGE_PARAMETERS,
  pageOf,
  ROUTE_PARAMETERS,
  ROUTE_SCHEMA,
  TEXT,
  TIME,
  WHOLE,
} from './list.openapi.js';
import { GROUPS } from './refusal-query.js';

const REASON = { type: 'string', enum: [...REFUSAL_REASONS] };

const ENTRIES = { ...WHOLE, description: 'Times that the route entered this reason.' };
const DURATION = { ...NUMBER, description: 'Milliseconds spent in it.' };
const COUNTS = { reason: REASON, entries: ENTRIES, durationMs: DURATION };

/** Refusals since the start, by minute, by route or by reason. */
export const REFUSALS_SCHEMA = {
  anyOf: [
    {
      ...pageOf(
        exact({
          ...ROUTE_SCHEMA,
          ...COUNTS,
          lastAtMs: NUMBER,
          measured: {
            type: 'object',
            additionalProperties: true,
            description: 'What the gate measured at the last entry.',
          },
        }),
        { epoch: { ...TEXT, description: 'The run of now.' } },
      ),
      description: 'Counts since the start of this run.',
    },
    {
      ...pageOf(
        exact({
          minuteMs: { ...NUMBER, description: 'Start of the minute.' },
          epoch: { ...TEXT, description: 'The run that counted.' },
          ...ROUTE_SCHEMA,
          ...COUNTS,
        }),
      ),
      description: 'With group=minute.',
    },
    { ...pageOf(exact({ ...ROUTE_SCHEMA, ...COUNTS })), description: 'With group=route.' },
    { ...pageOf(exact(COUNTS)), description: 'With group=reason.' },
  ],
};

const PARAMETERS: readonly ApiQueryOptions[] = [
  ...ROUTE_PARAMETERS,
  { name: 'reason', description: 'The gate that refused.', schema: REASON },
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
