import { keyPage } from './key-pages.js';
import type { FindingCode } from '../key-health.js';
import type { StoredKey } from '../stored-key.js';

/** Exchanges with a guide of their own. */
const WITH_GUIDE: ReadonlySet<string> = new Set([
  ...['binance', 'okx', 'bybit', 'kraken', 'coinbase', 'kucoin', 'gate', 'bitget', 'htx', 'bitfinex'],
  ...['gemini', 'deribit', 'upbit', 'mexc', 'cryptocom', 'hyperliquid'],
]);

/** What to do when a key leaked, step by step. */
export const INCIDENT_GUIDE = 'docs/incident.md';

/** The guide to an exchange's keys, as a path in this product. */
export function guideFor(exchange: string): string {
  return WITH_GUIDE.has(exchange) ? `docs/keys/${exchange}.md` : 'docs/keys.md';
}

/** Findings behind which a stranger may stand. */
const INCIDENTS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'AUTH_FAILED',
  'UNEXPECTED_USE',
  'PERMISSIONS_CHANGED',
  'IP_LIST_CHANGED',
]);
/** Findings that are settled here and not at an exchange. */
const OURS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'MASTER_KEY_OLD',
  'SEAL_BROKEN',
  'ROTATION_DUE',
  'DUPLICATE_KEY',
]);

/** The guide to a finding, as a path in this product. */
export function findingGuide(code: FindingCode, exchange: string): string {
  if (INCIDENTS.has(code)) return INCIDENT_GUIDE;
  return OURS.has(code) ? 'docs/keys.md' : guideFor(exchange);
}

/** How an owner deletes a key at its exchange. */
export interface DeletionGuide {
  /** The exchange's own page, null where it is not known. */
  readonly page: string | null;
  readonly steps: readonly string[];
  /** The guide to that exchange's keys. */
  readonly guide: string;
  /** What else to do when a key leaked. */
  readonly incident: string;
}

/** Says how a key is deleted at its exchange, and how it is told from others there; asks nobody. */
export function deletionGuide(key: Pick<StoredKey, 'exchange' | 'label' | 'check' | 'addedAtMs'>): DeletionGuide {
  const { exchange } = key;
  const page = keyPage(exchange);
  const guide = guideFor(exchange);
  return {
    page,
    steps: [
      `open ${page ?? `the page of ${exchange} where API keys are managed`} yourself, not by a link from a message`,
      `find the key: ${marksOf(key)}`,
      'delete it there: that alone stops whoever has it; what is done here does not',
      'look there at orders, withdrawals, address book and logins since the key leaked, and compare with the timeline',
      `make a new key only when you know how the old one leaked: ${guide}; then go on with ${INCIDENT_GUIDE}`,
    ],
    guide,
    incident: INCIDENT_GUIDE,
  };
}

function marksOf({ label, check, addedAtMs }: Pick<StoredKey, 'label' | 'check' | 'addedAtMs'>): string {
  const facts = check?.facts;
  const marks = [
    facts?.label ? `its name there is "${facts.label}"` : `it is called "${label}" here`,
    facts?.createdAtMs ? `made ${dayOf(facts.createdAtMs)}` : `added here ${dayOf(addedAtMs)}`,
    ...(facts?.ipList?.length ? [`bound to ${facts.ipList.slice(0, 3).join(', ')}`] : []),
  ];
  return marks.join(', ');
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
