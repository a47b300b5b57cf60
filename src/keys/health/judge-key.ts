import type { KeyFacts, KeyProbeFailureCode, KeyProbeResult, KeyPurpose } from '../../exchanges/index.js';
import type { Finding, FindingCode, KeyHealth } from '../key-health.js';
import type { KeyCheck } from '../stored-key.js';
import { keyPage } from './key-pages.js';
import { remedyFor } from './remedies.js';

/** What a verdict is made from. */
export interface KeyEvidence {
  readonly exchange: string;
  readonly purposes: readonly KeyPurpose[];
  readonly outcome: KeyProbeResult;
  /** The verdict before this one: findings keep their beginning, and a network fault keeps the verdict. */
  readonly previous: KeyCheck | null;
  readonly nowMs: number;
}

type Seen = Pick<Finding, 'code' | 'severity' | 'seen'>;
type Refusal = Extract<KeyProbeResult, { readonly ok: false }>;

const DAY_MS = 86_400_000;
/** Reminders before a key's own end: days left and what that weighs. */
const EXPIRY_STEPS: readonly { readonly days: number; readonly severity: Finding['severity'] }[] = [
  { days: 1, severity: 'critical' },
  { days: 7, severity: 'warning' },
  { days: 14, severity: 'warning' },
  { days: 30, severity: 'info' },
];

/** Refusals that say nothing of the key itself: the verdict stays, this is added to it. */
const PASSING: Partial<Record<KeyProbeFailureCode, Omit<Seen, 'seen'>>> = {
  exchange_down: { code: 'EXCHANGE_UNREACHABLE', severity: 'info' },
  rate_limited: { code: 'RATE_LIMITED', severity: 'info' },
  clock_skew: { code: 'CLOCK_SKEW', severity: 'warning' },
};
const PASSING_CODES = new Set(Object.values(PASSING).map(({ code }) => code));

/** Refusals after which what the key may do no longer matters: it can do nothing. */
const FINAL: Partial<Record<KeyProbeFailureCode, FindingCode>> = {
  revoked: 'AUTH_FAILED',
  wrong_secret: 'AUTH_FAILED',
  wrong_passphrase: 'AUTH_FAILED',
  suspended: 'AUTH_FAILED',
  wrong_environment: 'AUTH_FAILED',
  expired: 'KEY_EXPIRED',
};

/** Codes that a refusal puts beside what is known of the key's rights. */
const BESIDE: Partial<Record<KeyProbeFailureCode, Omit<Seen, 'seen'>>> = {
  ip_refused: { code: 'IP_NOT_ALLOWED', severity: 'critical' },
  missing_permission: { code: 'SCOPE_MISSING', severity: 'warning' },
};

/** Judges a key by what its exchange just said and what was known before; pure. */
export function judgeKey(evidence: KeyEvidence): KeyCheck {
  const { outcome } = evidence;
  if (outcome.ok) return judgeFacts(outcome.facts, 'unsupported' in outcome, evidence);
  const passing = PASSING[outcome.code];
  return passing ? keepVerdict({ ...passing, seen: wordsOf(outcome) }, evidence) : judgeRefusal(outcome, evidence);
}

function judgeFacts(facts: KeyFacts, isUnsupported: boolean, evidence: KeyEvidence): KeyCheck {
  const seen = [...factFindings(facts, evidence), ...(isUnsupported ? [unsupported(facts)] : [])];
  const findings = seen.map((one) => asFinding(one, evidence));
  return { health: healthOf(findings, facts), findings: sorted(findings), facts, checkedAtMs: evidence.nowMs };
}

function keepVerdict(passing: Seen, evidence: KeyEvidence): KeyCheck {
  const {
    findings: before,
    facts,
    checkedAtMs,
  } = evidence.previous ?? { findings: [], facts: null, checkedAtMs: null };
  const kept = before.filter(({ code }) => !PASSING_CODES.has(code));
  const findings = [...kept, asFinding(passing, evidence)];
  // Where the exchange never spoke, a network fault leaves nothing to say.
  const health = checkedAtMs === null && kept.length === 0 ? 'unknown' : healthOf(findings, facts);
  return { health, findings: sorted(findings), facts, checkedAtMs };
}

function judgeRefusal(outcome: Refusal, evidence: KeyEvidence): KeyCheck {
  const facts = evidence.previous?.facts ?? null;
  const final = FINAL[outcome.code];
  const seen: Seen[] = final
    ? [{ code: final, severity: 'critical', seen: wordsOf(outcome) }]
    : [...besideFindings(facts, evidence), refusalFinding(outcome)];
  const findings = seen.map((one) => asFinding(one, evidence));
  return { health: healthOf(findings, facts), findings: sorted(findings), facts, checkedAtMs: evidence.nowMs };
}

/** The verdict on a key whose sealed row cannot be opened: whatever was known of it is kept. */
export function judgeBrokenSeal(evidence: Omit<KeyEvidence, 'outcome'>, seen: string): KeyCheck {
  const { previous } = evidence;
  const broken = asFinding({ code: 'SEAL_BROKEN', severity: 'critical', seen }, evidence);
  const kept = (previous?.findings ?? []).filter(({ code }) => code !== 'SEAL_BROKEN');
  return {
    health: 'critical',
    findings: sorted([broken, ...kept]),
    facts: previous?.facts ?? null,
    checkedAtMs: previous?.checkedAtMs ?? null,
  };
}

function besideFindings(facts: KeyFacts | null, evidence: KeyEvidence): Seen[] {
  // The exchange just refused a right: what it said earlier of that right is outdated.
  return facts === null ? [] : factFindings(facts, evidence).filter(({ code }) => code !== 'SCOPE_MISSING');
}

function refusalFinding(outcome: Refusal): Seen {
  const known = BESIDE[outcome.code] ?? { code: 'UNKNOWN_REFUSAL', severity: 'warning' };
  return { ...known, seen: wordsOf(outcome) };
}

function factFindings(facts: KeyFacts, { purposes, nowMs }: KeyEvidence): Seen[] {
  const { scopes, evidence } = facts;
  const canMove = scopes.trade === true || scopes.withdraw === true;
  const findings: Seen[] = [];
  const add = (when: boolean, code: FindingCode, severity: Finding['severity'], seen: string): void => {
    if (when) findings.push({ code, severity, seen });
  };
  add(scopes.withdraw === true, 'WITHDRAW_ENABLED', 'critical', evidence['withdraw'] ?? 'the key may withdraw');
  // A transfer moves money between the owner's own accounts; what takes it out of them is the withdrawal right.
  add(scopes.transfer === true, 'TRANSFER_ENABLED', 'warning', evidence['transfer'] ?? 'the key may transfer');
  add(scopes.trade === true, 'TRADE_ENABLED', 'warning', evidence['trade'] ?? 'the key may trade');
  add(
    scopes.read === false && purposes.length > 0,
    'SCOPE_MISSING',
    'warning',
    `${evidence['read'] ?? 'the key may not read'}; needed for: ${purposes.join(', ')}`,
  );
  // A stolen key that is bound to no address works for the thief, and a trade right alone is enough to empty an account.
  add(
    facts.ipRestricted === false,
    'NO_IP_RESTRICTION',
    canMove ? 'critical' : 'warning',
    evidence['ipRestricted'] ?? evidence['ip'] ?? 'the key works from any address',
  );
  return [...findings, ...expiryFindings(facts.expiresAtMs, nowMs)];
}

function expiryFindings(expiresAtMs: number | null, nowMs: number): Seen[] {
  if (expiresAtMs === null) return [];
  const date = new Date(expiresAtMs).toISOString();
  if (expiresAtMs <= nowMs) return [{ code: 'KEY_EXPIRED', severity: 'critical', seen: `expired ${date}` }];
  const step = EXPIRY_STEPS.find(({ days }) => expiresAtMs - nowMs <= days * DAY_MS);
  if (!step) return [];
  return [
    {
      code: 'EXPIRES_SOON',
      severity: step.severity,
      seen: `expires ${date}, within ${step.days} ${step.days === 1 ? 'day' : 'days'}`,
    },
  ];
}

function unsupported(facts: KeyFacts): Seen {
  const seen = facts.evidence['probe'] ?? 'this exchange does not tell what a key may do; a balance was read instead';
  return { code: 'INTROSPECTION_UNSUPPORTED', severity: 'info', seen };
}

function wordsOf(outcome: Refusal): string {
  return outcome.rawCode === null ? outcome.message : `${outcome.rawCode}: ${outcome.message}`;
}

function asFinding(seen: Seen, { exchange, previous, nowMs }: Omit<KeyEvidence, 'outcome'>): Finding {
  const before = previous?.findings.find(({ code }) => code === seen.code);
  return { ...seen, sinceMs: before?.sinceMs ?? nowMs, remedy: remedyFor(seen.code), url: keyPage(exchange) };
}

/** The worst finding decides; a key is called healthy only when its exchange told that it can move nothing. */
function healthOf(findings: readonly Finding[], facts: KeyFacts | null): KeyHealth {
  if (findings.some(({ severity }) => severity === 'critical')) return 'critical';
  if (findings.some(({ code }) => code === 'UNKNOWN_REFUSAL')) return 'unknown';
  if (findings.some(({ severity }) => severity === 'warning')) return 'warning';
  return facts?.scopes.trade === false && facts.scopes.withdraw === false ? 'healthy' : 'unknown';
}

const WEIGHT = { critical: 0, warning: 1, info: 2 } as const;

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
}
