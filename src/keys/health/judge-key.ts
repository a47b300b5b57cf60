import type { KeyFacts, KeyProbeResult } from '../../exchanges/index.js';
import type { Finding } from '../key-health.js';
import type { AcceptedState, KeyCheck } from '../stored-key.js';
import { addressFindings } from './address-findings.js';
import { ageFindings, idleSince, TIMED } from './age-findings.js';
import { acceptedBefore, baselineAfter, baselineNow } from './baseline.js';
import { driftFindings } from './drift-findings.js';
import { factFindings, unsupportedFinding } from './fact-findings.js';
import {
  besideFinding,
  FINAL_CODES,
  finalFinding,
  PASSING_CODES,
  passingFinding,
  plainRefusal,
  type Refusal,
} from './refusal-findings.js';
import { carriedFindings, useFindings } from './use-findings.js';
import { asFinding, healthOf, type Judged, type Seen, sorted } from './verdict.js';

/** What a verdict is made from: a key, and what its exchange just answered. */
export interface KeyEvidence extends Judged {
  readonly outcome: KeyProbeResult;
}

/** Findings that an owner ends by acknowledging them. */
const ACKNOWLEDGED: ReadonlySet<Finding['code']> = new Set<Finding['code']>([
  'PERMISSIONS_CHANGED',
  'IP_LIST_CHANGED',
  'UNEXPECTED_USE',
  'DUPLICATE_KEY',
]);

/** Judges a key by what its exchange just said and what was known before; pure. */
export function judgeKey(evidence: KeyEvidence): KeyCheck {
  const { outcome } = evidence;
  if (outcome.ok) return judgeFacts(outcome.facts, 'unsupported' in outcome, evidence);
  const passing = passingFinding(outcome);
  return passing ? keepVerdict(passing, evidence) : judgeRefusal(outcome, evidence);
}

/** Judges a key anew by time alone: its exchange is not asked. */
export function rejudgeKey(judged: Judged): KeyCheck | null {
  const { previous } = judged;
  if (previous === null) return null;
  const findings = sorted([...lasting(previous), ...timed(previous, judged)]);
  return { ...previous, health: healthWith(findings, previous), findings, idleSinceMs: idleSince(judged) };
}

/** The verdict on a key whose sealed row cannot be opened: whatever was known of it is kept. */
export function judgeBrokenSeal(judged: Judged, seen: string): KeyCheck {
  const { previous } = judged;
  const broken = asFinding({ code: 'SEAL_BROKEN', severity: 'critical', seen }, judged);
  const kept = (previous?.findings ?? []).filter(({ code }) => code !== 'SEAL_BROKEN');
  return { ...verdictBefore(previous), health: 'critical', findings: sorted([broken, ...kept]) };
}

/** The verdict on a key that was offered a second time, by whom and as what. */
export function judgeDuplicate(judged: Judged, seen: string): KeyCheck {
  const { previous, nowMs } = judged;
  const before = verdictBefore(previous);
  const duplicate = { ...asFinding({ code: 'DUPLICATE_KEY', severity: 'info', seen }, judged), sinceMs: nowMs };
  return {
    ...before,
    findings: sorted([duplicate, ...before.findings.filter(({ code }) => code !== 'DUPLICATE_KEY')]),
  };
}

/** The verdict after its owner acknowledged what had changed; null when there is nothing to acknowledge. */
export function acknowledge(check: KeyCheck, nowMs: number): KeyCheck | null {
  const findings = check.findings.filter(({ code }) => !ACKNOWLEDGED.has(code));
  if (findings.length === check.findings.length) return null;
  return { ...check, ...accepting(baselineNow(check, nowMs)), findings, health: healthWith(findings, check) };
}

function judgeFacts(facts: KeyFacts, isUnsupported: boolean, evidence: KeyEvidence): KeyCheck {
  const { previous, nowMs, circumstances } = evidence;
  const seen = [
    ...stateFindings(facts, evidence),
    ...useFindings(circumstances.foreignUses),
    ...(isUnsupported ? [unsupportedFinding(facts)] : []),
    ...ageFindings(facts, evidence),
  ];
  const findings = [...dated(seen, evidence), ...carriedFindings(previous?.findings ?? [], nowMs)];
  const accepted = baselineAfter(previous, facts, nowMs);
  return finished(findings, { facts, checkedAtMs: nowMs, accepted }, evidence);
}

function keepVerdict(passing: Seen, evidence: KeyEvidence): KeyCheck {
  const before = verdictBefore(evidence.previous);
  const kept = [...lasting(before).filter(({ code }) => !PASSING_CODES.has(code)), ...timed(before, evidence)];
  const findings = sorted([...kept, asFinding(passing, evidence)]);
  return { ...before, health: healthWith(findings, before), findings, idleSinceMs: idleSince(evidence) };
}

function judgeRefusal(outcome: Refusal, evidence: KeyEvidence): KeyCheck {
  const { previous, nowMs } = evidence;
  const facts = previous?.facts ?? null;
  const refusal = plainRefusal(outcome, facts, evidence);
  const final = finalFinding(refusal, evidence.state);
  const seen = final ? [final] : besideKnown(besideFinding(refusal, evidence), facts, evidence);
  const findings = [...dated(seen, evidence), ...carriedFindings(previous?.findings ?? [], nowMs)];
  return finished(findings, { facts, checkedAtMs: nowMs, accepted: acceptedBefore(previous) }, evidence);
}

/** What is known of a key whose exchange refused one thing of it, and that refusal. */
function besideKnown(refused: Seen, facts: KeyFacts | null, evidence: KeyEvidence): Seen[] {
  const known = facts === null ? [] : stateFindings(facts, evidence);
  // The exchange just refused a right or an address: what it said earlier of that is outdated.
  const standing = known.filter(({ code }) => code !== 'SCOPE_MISSING' && code !== refused.code);
  return [...standing, refused, ...ageFindings(facts, evidence)];
}

function stateFindings(facts: KeyFacts, evidence: KeyEvidence): Seen[] {
  return [
    ...factFindings(facts, evidence),
    ...addressFindings(facts, evidence.circumstances.egressAddresses),
    ...driftFindings(facts, acceptedBefore(evidence.previous)),
  ];
}

function finished(
  findings: readonly Finding[],
  told: Pick<KeyCheck, 'facts' | 'checkedAtMs'> & { readonly accepted: AcceptedState | null },
  evidence: KeyEvidence,
): KeyCheck {
  const { facts, checkedAtMs, accepted } = told;
  const health = healthOf(findings, facts);
  const idleSinceMs = idleSince(evidence);
  return { health, findings: sorted(findings), facts, checkedAtMs, ...accepting(accepted), idleSinceMs };
}

function accepting(accepted: AcceptedState | null): Pick<KeyCheck, 'accepted'> {
  return accepted === null ? {} : { accepted };
}

function verdictBefore(previous: KeyCheck | null): KeyCheck {
  return previous ?? { health: 'unknown', findings: [], facts: null, checkedAtMs: null };
}

/** Findings that time alone does not end. */
function lasting({ findings }: KeyCheck): Finding[] {
  return findings.filter(({ code }) => !TIMED.has(code));
}

function timed(check: KeyCheck, judged: Judged): Finding[] {
  const carried = carriedFindings(check.findings, judged.nowMs);
  // A key that can do nothing any more is not in want of a reminder.
  const isDead = check.findings.some(({ code }) => FINAL_CODES.has(code));
  return isDead ? carried : [...dated(ageFindings(check.facts, judged), judged), ...carried];
}

function dated(seen: readonly Seen[], judged: Judged): Finding[] {
  return seen.map((one) => asFinding(one, judged));
}

/** The health of a key that its exchange said nothing new of: unknown where it never said anything, unless it is bad. */
function healthWith(findings: readonly Finding[], { facts, checkedAtMs }: KeyCheck): KeyCheck['health'] {
  const health = healthOf(findings, facts);
  return checkedAtMs === null && health !== 'critical' ? 'unknown' : health;
}
