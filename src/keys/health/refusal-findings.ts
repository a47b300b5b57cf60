import type { KeyFacts, KeyProbeFailureCode, KeyProbeResult } from '../../exchanges/index.js';
import type { FindingCode, KeyState } from '../key-health.js';
import { ourAddresses } from './address-findings.js';
import type { Judged, Seen } from './verdict.js';

/** What an exchange answers when it refuses. */
export type Refusal = Extract<KeyProbeResult, { readonly ok: false }>;

type Weighed = Omit<Seen, 'seen'>;

/** Refusals that say nothing of the key itself: the verdict stays, this is added to it. */
const PASSING: Partial<Record<KeyProbeFailureCode, Weighed>> = {
  exchange_down: { code: 'EXCHANGE_UNREACHABLE', severity: 'info' },
  rate_limited: { code: 'RATE_LIMITED', severity: 'info' },
  clock_skew: { code: 'CLOCK_SKEW', severity: 'warning' },
};

/** Codes of findings that speak of the network and the clock; the next answer of the exchange ends them. */
export const PASSING_CODES: ReadonlySet<FindingCode> = new Set(Object.values(PASSING).map(({ code }) => code));

/** Refusals after which what the key may do no longer matters: it can do nothing. */
const FINAL: Partial<Record<KeyProbeFailureCode, FindingCode>> = {
  revoked: 'AUTH_FAILED',
  wrong_secret: 'AUTH_FAILED',
  wrong_passphrase: 'AUTH_FAILED',
  suspended: 'AUTH_FAILED',
  wrong_environment: 'AUTH_FAILED',
  expired: 'KEY_EXPIRED',
};

/** Findings of a key that can do nothing any more. */
export const FINAL_CODES: ReadonlySet<FindingCode> = new Set(Object.values(FINAL));

/** Codes that a refusal puts beside what is known of the key's rights. */
const BESIDE: Partial<Record<KeyProbeFailureCode, Weighed>> = {
  ip_refused: { code: 'IP_NOT_ALLOWED', severity: 'critical' },
  missing_permission: { code: 'SCOPE_MISSING', severity: 'warning' },
};

/** The finding on a refusal that says nothing of the key; null when it does say something. */
export function passingFinding(refusal: Refusal): Seen | null {
  const passing = PASSING[refusal.code];
  return passing ? { ...passing, seen: wordsOf(refusal) } : null;
}

/** The finding on a refusal that ends a key; null when it does not. A key that waits for just that is not in trouble. */
export function finalFinding(refusal: Refusal, state: KeyState): Seen | null {
  const code = FINAL[refusal.code];
  if (!code) return null;
  if (state !== 'awaiting_deletion') return { code, severity: 'critical', seen: wordsOf(refusal) };
  return { code, severity: 'info', seen: wordsOf(refusal) };
}

/** The finding on a refusal beside what is known of a key's rights. */
export function besideFinding(refusal: Refusal, { circumstances }: Judged): Seen {
  const known = BESIDE[refusal.code] ?? { code: 'UNKNOWN_REFUSAL', severity: 'warning' };
  if (known.code !== 'IP_NOT_ALLOWED') return { ...known, seen: wordsOf(refusal) };
  const addresses = [refusal.seenAddress ?? [], circumstances.egressAddresses].flat();
  return { ...known, seen: `${wordsOf(refusal)}${ourAddresses([...new Set(addresses)])}` };
}

function wordsOf({ rawCode, message }: Refusal): string {
  return rawCode === null ? message : `${rawCode}: ${message}`;
}

/** binance's one code for a deleted key, an address that is not allowed and a missing right. */
const AMBIGUOUS = { exchange: 'binance', rawCode: '-2015' } as const;

/**
 * Tells the meanings of an ambiguous refusal apart, as far as what was known before allows: a key that was bound to
 * addresses and is now used from another one is refused for that; one that was bound to none is not.
 *
 * @param refusal - What the exchange answered to the question about the key, which needs no right but to read.
 * @param facts - What it told of the key before.
 * @param judged - Whose addresses are those that were known before this refusal.
 */
export function plainRefusal(refusal: Refusal, facts: KeyFacts | null, judged: Judged): Refusal {
  if (judged.exchange !== AMBIGUOUS.exchange || refusal.rawCode !== AMBIGUOUS.rawCode) return refusal;
  const ipRestricted = facts?.ipRestricted ?? null;
  const { egressAddresses } = judged.circumstances;
  const seenAddress = refusal.seenAddress ?? null;
  const because = (text: string): Refusal => ({ ...refusal, message: `${refusal.message}; ${text}` });
  if (ipRestricted === false) {
    return because('when last seen it was bound to no address, so it was deleted, or bound to another one since');
  }
  if (ipRestricted === null || seenAddress === null || egressAddresses.length === 0) return refusal;
  if (egressAddresses.includes(seenAddress)) {
    return because(`it comes from ${seenAddress} as before, so it was deleted, or its addresses were changed`);
  }
  const moved = `it comes from ${seenAddress} now, and came from ${egressAddresses.join(', ')} before`;
  return { ...because(moved), code: 'ip_refused' };
}
