import { exact, type SchemaObject } from '../platform/http/index.js';
import type { FindingCode, KeyHealth, KeyState } from './key-health.js';
import { KEY_PURPOSES } from './stored-key.js';
import { LOCK_KINDS } from './vault/locks/keyring-lock.js';

const TEXT: SchemaObject = { type: 'string' };
const NUMBER: SchemaObject = { type: 'number' };
const WHOLE: SchemaObject = { type: 'integer' };
const BOOLEAN: SchemaObject = { type: 'boolean' };
const NULLABLE_TEXT: SchemaObject = { type: ['string', 'null'] };
const NULLABLE_NUMBER: SchemaObject = { type: ['number', 'null'] };
const NULLABLE_BOOLEAN: SchemaObject = { type: ['boolean', 'null'] };
const listOf = (items: SchemaObject): SchemaObject => ({ type: 'array', items });
const orNull = (schema: SchemaObject): SchemaObject => ({ ...schema, type: [String(schema.type), 'null'] });
/** Words as the keys of a record, so that none of a union can be left out. */
const wordsOf = (record: Readonly<Record<string, true>>): SchemaObject => ({
  type: 'string',
  enum: Object.keys(record),
});

const HEALTH = wordsOf({
  ...{ healthy: true, warning: true, critical: true, disabled: true, unknown: true },
} satisfies Record<KeyHealth, true>);
const STATE = wordsOf({
  ...{ active: true, grace: true, awaiting_deletion: true, disabled: true, compromised: true },
} satisfies Record<KeyState, true>);
const FINDING_CODE = wordsOf({
  ...{ AUTH_FAILED: true, KEY_EXPIRED: true, EXPIRES_SOON: true, WITHDRAW_ENABLED: true, TRANSFER_ENABLED: true },
  ...{ TRADE_ENABLED: true, SCOPE_MISSING: true, NO_IP_RESTRICTION: true, IP_NOT_ALLOWED: true },
  ...{ PERMISSIONS_CHANGED: true, IP_LIST_CHANGED: true, UNEXPECTED_USE: true, ROTATION_DUE: true },
  ...{ AWAITING_DELETION: true, DUPLICATE_KEY: true, NEVER_USED: true, MASTER_KEY_OLD: true, CLOCK_SKEW: true },
  ...{ RATE_LIMITED: true, EXCHANGE_UNREACHABLE: true, INTROSPECTION_UNSUPPORTED: true, UNKNOWN_REFUSAL: true },
  ...{ SEAL_BROKEN: true },
} satisfies Record<FindingCode, true>);

const SCOPES = exact({
  read: NULLABLE_BOOLEAN,
  trade: NULLABLE_BOOLEAN,
  withdraw: NULLABLE_BOOLEAN,
  transfer: NULLABLE_BOOLEAN,
});
const FINDING = exact(
  {
    code: FINDING_CODE,
    severity: { type: 'string', enum: ['info', 'warning', 'critical'] },
    seen: { ...TEXT, description: "What was seen, in the exchange's own words." },
    sinceMs: NUMBER,
    remedy: TEXT,
    url: { ...NULLABLE_TEXT, description: "The exchange's own page for it." },
    guide: { ...TEXT, description: 'Our guide, as a path in this product; absent in verdicts of earlier versions.' },
  },
  ['guide'],
);

/** A stored key; a secret never appears. */
export const KEY_SCHEMA = exact({
  id: TEXT,
  exchange: { ...TEXT, example: 'okx' },
  label: { ...TEXT, example: 'main, read' },
  account: { ...TEXT, example: 'main' },
  purposes: listOf({ type: 'string', enum: [...KEY_PURPOSES] }),
  state: STATE,
  health: HEALTH,
  findings: listOf(FINDING),
  scopes: { ...SCOPES, description: 'What it may do; null where the exchange does not tell.' },
  ipRestricted: NULLABLE_BOOLEAN,
  ipList: { type: ['array', 'null'], items: TEXT },
  createdAtMs: NULLABLE_NUMBER,
  expiresAtMs: NULLABLE_NUMBER,
  lastCheckedAtMs: NULLABLE_NUMBER,
  lastUsedAtMs: NULLABLE_NUMBER,
  addedAtMs: { ...NUMBER, description: 'When it came here.' },
  replacedBy: { ...NULLABLE_TEXT, description: 'Id of the key that took over.' },
  fingerprint: TEXT,
});

const USE = exact({
  kind: { type: 'string', enum: ['call', 'order', 'transfer', 'withdrawal', 'login'] },
  atMs: NUMBER,
  seen: TEXT,
  source: TEXT,
});
const BY_FACT: SchemaObject = { type: 'object', additionalProperties: TEXT };
const FACTS = exact(
  {
    scopes: SCOPES,
    ipRestricted: NULLABLE_BOOLEAN,
    ipList: { type: ['array', 'null'], items: TEXT },
    createdAtMs: NULLABLE_NUMBER,
    expiresAtMs: NULLABLE_NUMBER,
    lastUsedAtMs: NULLABLE_NUMBER,
    label: NULLABLE_TEXT,
    evidence: { ...BY_FACT, description: 'What was seen, by fact.' },
    sources: { ...BY_FACT, description: 'Which call told it, by fact.' },
    uses: listOf(USE),
    usesUnknown: listOf(TEXT),
    seenAddress: NULLABLE_TEXT,
  },
  ['uses', 'usesUnknown', 'seenAddress'],
);

/** One check of a key. */
export const CHECK_SCHEMA = exact({
  atMs: NUMBER,
  outcome: { ...TEXT, example: 'ok' },
  rawCode: { ...NULLABLE_TEXT, description: "The exchange's own code, where it refused." },
  health: HEALTH,
  findings: listOf(FINDING_CODE),
  facts: { ...orNull(FACTS), description: 'What the exchange told; null where it told nothing.' },
});

/** One signed call. */
export const CALL_SCHEMA = exact({
  method: TEXT,
  path: TEXT,
  outcome: { ...TEXT, example: 'ok' },
  durationMs: NUMBER,
  atMs: NUMBER,
});

const HOUR = exact({
  hourMs: NUMBER,
  calls: WHOLE,
  outcomes: { type: 'object', additionalProperties: WHOLE, description: 'Calls by how they ended.' },
  isFarAbove: { ...BOOLEAN, description: 'Far more calls than the baseline.' },
});

/** Calls by the hour. */
export const HOURS_SCHEMA = exact({
  data: listOf(HOUR),
  nextCursor: { type: 'null' },
  hasMore: { type: 'boolean', enum: [false] },
  baseline: {
    ...orNull(exact({ callsPerHour: NUMBER, hours: WHOLE })),
    description: 'Median calls of an hour; null while too little is known.',
  },
});

/** One line of the audit. */
export const AUDIT_SCHEMA = exact({
  sequence: { type: ['integer', 'null'], description: 'In the chain; null for what was written before there was one.' },
  atMs: NUMBER,
  actor: TEXT,
  action: { ...TEXT, example: 'key_added' },
  keyId: NULLABLE_TEXT,
  detail: { description: 'What was done, as it was written down.' },
  hash: NULLABLE_TEXT,
});

/** What a walk along the audit found. */
export const AUDIT_REPORT_SCHEMA = exact({
  isWhole: BOOLEAN,
  lines: WHOLE,
  unchained: WHOLE,
  head: { ...orNull(exact({ sequence: WHOLE, hash: TEXT })), description: 'The newest line as kept outside.' },
  broken: orNull(
    exact({
      sequence: { type: ['integer', 'null'] },
      keyId: NULLABLE_TEXT,
      fault: { type: 'string', enum: ['changed', 'missing', 'inserted', 'reordered', 'cut_tail'] },
      detail: TEXT,
    }),
  ),
});

/** A key's past. */
export const TIMELINE_SCHEMA = exact({
  calls: listOf(CALL_SCHEMA),
  hours: listOf(HOUR),
  audit: listOf(AUDIT_SCHEMA),
  facts: orNull(FACTS),
  lastCheckedAtMs: NULLABLE_NUMBER,
});

/** What was done about a key that leaked. */
export const COMPROMISED_SCHEMA = exact({
  key: KEY_SCHEMA,
  wasCompromised: { ...BOOLEAN, description: 'Marked already before this call.' },
  shredding: { type: 'string', enum: ['done', 'pending'] },
  deletion: {
    ...exact({ page: NULLABLE_TEXT, steps: listOf(TEXT), guide: TEXT, incident: TEXT }),
    description: 'What only the owner can do, at the exchange.',
  },
  timeline: { ...orNull(TIMELINE_SCHEMA), description: 'Null when the database did not answer in time.' },
});

/** What was done about many. */
export const MANY_COMPROMISED_SCHEMA = exact({
  data: listOf(COMPROMISED_SCHEMA),
  alreadyCompromised: listOf(KEY_SCHEMA),
  nextCursor: { type: 'null' },
  hasMore: { type: 'boolean', enum: [false] },
});

/** The master keys. */
export const MASTER_STATUS_SCHEMA = exact({
  place: TEXT,
  lock: { type: 'string', enum: [...LOCK_KINDS] },
  isRotating: BOOLEAN,
  keys: listOf(
    exact({ kid: TEXT, isCurrent: BOOLEAN, rows: WHOLE, createdAtMs: NULLABLE_NUMBER, ageMs: NULLABLE_NUMBER }),
  ),
});

/** A rotation of the master key. */
export const MASTER_ROTATION_SCHEMA = exact({
  kid: TEXT,
  isNew: BOOLEAN,
  resealed: WHOLE,
  dropped: listOf(TEXT),
  removable: listOf(TEXT),
  unopened: listOf(TEXT),
});

/** A page of a list that is told newest first. */
export const keyPageOf = (items: SchemaObject): SchemaObject =>
  exact({ data: listOf(items), nextCursor: NULLABLE_TEXT, hasMore: BOOLEAN });
