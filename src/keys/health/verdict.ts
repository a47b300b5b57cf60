import type { KeyFacts, KeyPurpose } from '../../exchanges/index.js';
import type { Finding, KeyHealth, KeyState } from '../key-health.js';
import type { KeyCheck } from '../stored-key.js';
import type { Circumstances } from './circumstances.js';
import { findingGuide } from './deletion-guide.js';
import { keyPage } from './key-pages.js';
import { remedyFor } from './remedies.js';

/** A key that is judged, with all that is known around it. */
export interface Judged {
  readonly exchange: string;
  readonly purposes: readonly KeyPurpose[];
  readonly state: KeyState;
  /** The verdict before this one: findings keep their beginning, and a network fault keeps the verdict. */
  readonly previous: KeyCheck | null;
  readonly nowMs: number;
  readonly circumstances: Circumstances;
}

/** A finding before it is dated and given its remedy. */
export type Seen = Pick<Finding, 'code' | 'severity' | 'seen'>;

/** Dates a finding from its first sight and adds what to do about it. */
export function asFinding(seen: Seen, { exchange, previous, nowMs, circumstances }: Judged): Finding {
  const before = previous?.findings.find(({ code }) => code === seen.code);
  const remedy = remedyFor(seen.code, circumstances.egressAddresses[0]);
  const links = { url: keyPage(exchange), guide: findingGuide(seen.code, exchange) };
  return { ...seen, sinceMs: before?.sinceMs ?? nowMs, remedy, ...links };
}

/** The worst finding decides; a key is called healthy only when its exchange told that it can move nothing. */
export function healthOf(findings: readonly Finding[], facts: KeyFacts | null): KeyHealth {
  if (findings.some(({ severity }) => severity === 'critical')) return 'critical';
  if (findings.some(({ code }) => code === 'UNKNOWN_REFUSAL')) return 'unknown';
  if (findings.some(({ severity }) => severity === 'warning')) return 'warning';
  return facts?.scopes.trade === false && facts.scopes.withdraw === false ? 'healthy' : 'unknown';
}

const WEIGHT = { critical: 0, warning: 1, info: 2 } as const;

/** Findings with the worst first, one of each code: the first of it. */
export function sorted(findings: readonly Finding[]): Finding[] {
  const unique = findings.filter(({ code }, at) => findings.findIndex((other) => other.code === code) === at);
  return unique.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
}
