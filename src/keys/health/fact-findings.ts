import type { KeyFacts } from '../../exchanges/index.js';
import type { Finding, FindingCode } from '../key-health.js';
import { ourAddresses } from './address-findings.js';
import type { Judged, Seen } from './verdict.js';

/** Findings on what a key may do and from where, as its exchange tells. */
export function factFindings(facts: KeyFacts, { purposes, circumstances }: Judged): Seen[] {
  const { scopes, evidence } = facts;
  const canMove = scopes.trade === true || scopes.withdraw === true;
  const findings: Seen[] = [];
  const add = (when: boolean, code: FindingCode, severity: Finding['severity'], seen: string): void => {
    if (when) findings.push({ code, severity, seen });
  };
  add(scopes.withdraw === true, 'WITHDRAW_ENABLED', 'critical', evidence.withdraw ?? 'the key may withdraw');
  // A transfer moves money between the owner's own accounts; what takes it out of them is the withdrawal right.
  add(scopes.transfer === true, 'TRANSFER_ENABLED', 'warning', evidence.transfer ?? 'the key may transfer');
  add(scopes.trade === true, 'TRADE_ENABLED', 'warning', evidence.trade ?? 'the key may trade');
  add(
    scopes.read === false && purposes.length > 0,
    'SCOPE_MISSING',
    'warning',
    `${evidence.read ?? 'the key may not read'}; needed for: ${purposes.join(', ')}`,
  );
  // A stolen key that is bound to no address works for the thief, and a trade right alone is enough to empty an account.
  add(
    facts.ipRestricted === false,
    'NO_IP_RESTRICTION',
    canMove ? 'critical' : 'warning',
    `${evidence.ip ?? 'the key works from any address'}${ourAddresses(circumstances.egressAddresses)}`,
  );
  return findings;
}

/** The finding on an exchange that does not tell what a key may do. */
export function unsupportedFinding(facts: KeyFacts): Seen {
  const told = facts.evidence.read ?? 'a balance was read instead';
  const seen = `this exchange does not tell what a key may do: ${told}`;
  return { code: 'INTROSPECTION_UNSUPPORTED', severity: 'info', seen };
}
