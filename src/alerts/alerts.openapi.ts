import { SEVERITIES } from '../core/alerts/alert-template.js';
import { exact, type SchemaObject, wholeListOf } from '../platform/http/index.js';
import { ALERT_STATES } from './alert.js';

const TEXT: SchemaObject = { type: 'string' };
const COUNT: SchemaObject = { type: 'integer', minimum: 0 };
const TIME: SchemaObject = { type: 'number', description: 'Epoch milliseconds.' };
const TIME_OR_NULL: SchemaObject = { ...TIME, type: ['number', 'null'] };
const TEXT_OR_NULL: SchemaObject = { type: ['string', 'null'] };

/** One alert for one target. */
export const ALERT_SCHEMA = exact({
  id: { ...TEXT, description: 'The same in every attempt, for receivers that drop what came twice.' },
  rule: { ...TEXT, description: 'Empty for a sum of several.' },
  kind: { ...TEXT, enum: ['opportunity', 'keyFinding', 'exchangeDown', 'silence', 'digest'] },
  severity: { ...TEXT, enum: [...SEVERITIES] },
  target: TEXT,
  text: TEXT,
  fields: { type: 'object', additionalProperties: TEXT, description: 'What its template could show.' },
  state: { ...TEXT, enum: [...ALERT_STATES], description: 'summed: it was told in another one, see summedIn.' },
  attempts: COUNT,
  lastError: { ...TEXT_OR_NULL, description: 'Why the last attempt failed.' },
  summedIn: TEXT_OR_NULL,
  atMs: { ...TIME, description: 'When it happened, epoch milliseconds.' },
  dueAtMs: { ...TIME, description: 'It is not sent before.' },
  attemptedAtMs: TIME_OR_NULL,
  deliveredAtMs: TIME_OR_NULL,
});

/** A page of alerts. */
export const ALERT_PAGE = exact({
  data: { type: 'array', items: ALERT_SCHEMA },
  nextCursor: TEXT_OR_NULL,
  hasMore: { type: 'boolean' },
});

/** All targets. */
export const TARGET_LIST = wholeListOf(
  exact({
    name: { ...TEXT, example: 'team' },
    type: { ...TEXT, enum: ['telegram', 'discord', 'slack', 'webhook', 'mail'] },
    rules: { type: 'array', items: TEXT },
    perMinute: COUNT,
    secret: { ...TEXT, enum: ['set', 'missing', 'not_needed'] },
    secretIs: { ...TEXT_OR_NULL, description: 'What its secret is, in words.' },
    secretSetAtMs: TIME_OR_NULL,
    waiting: COUNT,
    delivered: COUNT,
    summed: COUNT,
    dead: COUNT,
    pausedUntilMs: { ...TIME_OR_NULL, description: 'It failed, and is left alone until then.' },
    lastError: TEXT_OR_NULL,
  }),
);

/** How a test went. */
export const TEST_REPORT = exact({
  target: TEXT,
  id: TEXT,
  isDelivered: { type: 'boolean' },
  reason: { ...TEXT_OR_NULL, description: 'Why it was not delivered.' },
  durationMs: { type: 'number' },
});

/** How many are sent again. */
export const RESENT = exact({ resent: COUNT });

/** A secret on its way in. */
export const SECRET_INPUT = exact({ secret: { ...TEXT, minLength: 1, maxLength: 2_048 } });

/** Which dead alerts are sent again. */
export const RESEND_INPUT = exact({ target: { ...TEXT, minLength: 1, maxLength: 64 } }, ['target']);
