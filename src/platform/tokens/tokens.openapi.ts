import { SCOPES } from '../auth/index.js';
import { exact, type SchemaObject, wholeListOf } from '../http/index.js';

const scopes: SchemaObject = { type: 'array', items: { type: 'string', enum: [...SCOPES] } };
const time: SchemaObject = { type: 'number', description: 'Epoch milliseconds.' };
const timeOrNull: SchemaObject = { ...time, type: ['number', 'null'] };

const TOKEN = exact({
  id: { type: 'string', example: '3f9c2a7be01d4c55' },
  name: { type: 'string', example: 'grafana', description: 'Stands in the audit for who did something.' },
  hint: { type: 'string', example: 'cbk_q7Zx', description: 'Its first characters.' },
  scopes,
  state: { type: 'string', enum: ['active', 'expired', 'revoked'] },
  createdAtMs: time,
  createdBy: { type: 'string', example: 'admin' },
  expiresAtMs: timeOrNull,
  lastUsedAtMs: { ...timeOrNull, description: 'Epoch milliseconds, up to half a minute late.' },
  revokedAtMs: timeOrNull,
});

/** One token with its secret. */
export const NEW_TOKEN = exact({
  ...TOKEN.properties,
  token: { type: 'string', description: 'The secret, shown this once.' },
});

/** All tokens. */
export const TOKEN_LIST = wholeListOf(TOKEN);

/** What a new token is to be. */
export const TOKEN_INPUT = exact(
  {
    name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', example: 'grafana' },
    scopes: { ...scopes, minItems: 1, example: ['feed', 'history'] },
    expiresInMs: { type: ['integer', 'null'], minimum: 1_000, default: null, description: 'Its life from now on.' },
  },
  ['expiresInMs'],
);
