import type { KeyFacts } from '../../exchanges/index.js';
import type { Finding, FindingCode } from '../key-health.js';
import type { KeyCheck } from '../stored-key.js';
import { DUPLICATE_SHOWN_MS, timeText } from './use-findings.js';
import type { Judged, Seen } from './verdict.js';

const DAY_MS = 86_400_000;
/** Reminders before a key's own end: days left and what that weighs. */
const EXPIRY_STEPS: readonly { readonly days: number; readonly severity: Finding['severity'] }[] = [
  { days: 1, severity: 'critical' },
  { days: 7, severity: 'warning' },
  { days: 14, severity: 'warning' },
  { days: 30, severity: 'info' },
];
/** A master key that is so many times as old as it should be weighs more. */
const MUCH_TOO_OLD = 2;

/** Findings that come and go with time alone. */
export const TIMED: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'EXPIRES_SOON',
  'ROTATION_DUE',
  'NEVER_USED',
  'MASTER_KEY_OLD',
  'DUPLICATE_KEY',
]);

/** Since when nothing was signed with a key but checks. */
export function idleSince({ previous, nowMs, circumstances }: Judged): number {
  const { addedAtMs, workedAtMs } = circumstances;
  // What was stored before this was counted tells nothing of it: the count begins now.
  const known = previous === null ? addedAtMs : (previous.idleSinceMs ?? nowMs);
  return Math.max(known, workedAtMs ?? 0);
}

/** Findings on the age of a key, of its use and of what seals it; none for a key that waits for its deletion. */
export function ageFindings(facts: KeyFacts | null, judged: Judged): Seen[] {
  if (judged.state === 'awaiting_deletion') return [];
  const expiry = expiryFindings(facts?.expiresAtMs ?? null, judged.nowMs);
  if (expiry.some(({ code }) => code === 'KEY_EXPIRED')) return expiry;
  return [...expiry, ...dueFindings(facts, judged)];
}

function expiryFindings(expiresAtMs: number | null, nowMs: number): Seen[] {
  if (expiresAtMs === null) return [];
  const date = timeText(expiresAtMs);
  if (expiresAtMs <= nowMs) return [{ code: 'KEY_EXPIRED', severity: 'critical', seen: `expired ${date}` }];
  const step = EXPIRY_STEPS.find(({ days }) => expiresAtMs - nowMs <= days * DAY_MS);
  if (!step) return [];
  const seen = `expires ${date}, within ${step.days} ${step.days === 1 ? 'day' : 'days'}`;
  return [{ code: 'EXPIRES_SOON', severity: step.severity, seen }];
}

function dueFindings(facts: KeyFacts | null, judged: Judged): Seen[] {
  const { nowMs, state, circumstances } = judged;
  const { limits, masterKeyCreatedAtMs } = circumstances;
  const due = dueTimes(facts, judged);
  const findings: Seen[] = [];
  if (state === 'active' && due.rotationMs <= nowMs) {
    const made = facts?.createdAtMs ?? null;
    const since =
      made === null ? `it is here since ${timeText(circumstances.addedAtMs)}` : `it was made at ${timeText(made)}`;
    const seen = `${since}; keys.maxAgeDays is ${limits.maxAgeDays}`;
    findings.push({ code: 'ROTATION_DUE', severity: 'warning', seen });
  }
  if (state === 'active' && due.unusedMs <= nowMs) {
    const seen = `nothing was signed with it but checks since ${timeText(idleSince(judged))}`;
    findings.push({ code: 'NEVER_USED', severity: 'info', seen });
  }
  if (masterKeyCreatedAtMs !== null && due.masterKeyMs <= nowMs) {
    const severity = due.masterKeyLateMs <= nowMs ? 'warning' : 'info';
    const seen = `the master key was made at ${timeText(masterKeyCreatedAtMs)}; keys.masterKeyMaxAgeDays is ${limits.masterKeyMaxAgeDays}`;
    findings.push({ code: 'MASTER_KEY_OLD', severity, seen });
  }
  return findings;
}

interface DueTimes {
  readonly rotationMs: number;
  readonly unusedMs: number;
  readonly masterKeyMs: number;
  readonly masterKeyLateMs: number;
}

function dueTimes(facts: KeyFacts | null, judged: Judged): DueTimes {
  const { addedAtMs, masterKeyCreatedAtMs, limits } = judged.circumstances;
  const masterKeyMs = masterKeyCreatedAtMs ?? Infinity;
  return {
    rotationMs: (facts?.createdAtMs ?? addedAtMs) + limits.maxAgeDays * DAY_MS,
    unusedMs: idleSince(judged) + limits.neverUsedDays * DAY_MS,
    masterKeyMs: masterKeyMs + limits.masterKeyMaxAgeDays * DAY_MS,
    masterKeyLateMs: masterKeyMs + MUCH_TOO_OLD * limits.masterKeyMaxAgeDays * DAY_MS,
  };
}

/**
 * Says when the verdict on a key changes next by time alone.
 *
 * @returns Epoch milliseconds after `nowMs`; Infinity when it does not.
 */
export function nextChangeMs({ facts, findings }: KeyCheck, judged: Judged): number {
  const { expiresAtMs = null } = facts ?? {};
  const steps = expiresAtMs === null ? [] : [0, ...EXPIRY_STEPS.map(({ days }) => days)];
  const duplicate = findings.find(({ code }) => code === 'DUPLICATE_KEY');
  const times = [
    ...steps.map((days) => (expiresAtMs ?? Infinity) - days * DAY_MS),
    ...(duplicate ? [duplicate.sinceMs + DUPLICATE_SHOWN_MS] : []),
    ...Object.values<number>({ ...dueTimes(facts, judged) }),
  ];
  return Math.min(...times.filter((atMs) => atMs > judged.nowMs));
}
