import type { KeyProbeResult } from '../../exchanges/index.js';
import type { Finding, FindingCode } from '../key-health.js';
import type { KeyCheck, StoredKey } from '../stored-key.js';
import { guideFor } from './deletion-guide.js';
import { keyPage } from './key-pages.js';
import { remedyFor } from './remedies.js';
import { sorted } from './verdict.js';

const DAY_MS = 86_400_000;
/** What an owner is no longer asked to do for a key that is to be deleted. */
const MOOT: ReadonlySet<FindingCode> = new Set<FindingCode>(['SCOPE_MISSING', 'AWAITING_DELETION']);

/** True where an answer can mean nothing but that the key is gone: then its secret is shredded here. */
export function provesDeletion(outcome: KeyProbeResult): boolean {
  return !outcome.ok && outcome.code === 'revoked' && outcome.isAmbiguous !== true;
}

/**
 * Judges a key that another one replaced: until its exchange proves that it is gone, its owner is asked to delete it
 * there, after a day more loudly. Other keys keep their verdict.
 *
 * @param key - As it stands now.
 * @param check - The verdict as it would be if the key were in use.
 * @param outcome - What the exchange answered.
 */
export function asRetired(key: StoredKey, check: KeyCheck, outcome: KeyProbeResult): KeyCheck {
  if (key.state !== 'awaiting_deletion') return check;
  if (provesDeletion(outcome)) return { ...check, findings: [] };
  const others = check.findings.filter(({ code }) => !MOOT.has(code));
  return { ...check, findings: sorted([...waiting(key, check, outcome), ...others]) };
}

function waiting(key: StoredKey, check: KeyCheck, outcome: KeyProbeResult): Finding[] {
  const { exchange, stateSinceMs, replacedBy } = key;
  const steps = `steps: ${guideFor(exchange)}`;
  const isRefused = !outcome.ok && outcome.code === 'revoked';
  // What says nothing of the key leaves what was last known of it.
  if (!outcome.ok && !isRefused) return (key.check?.findings ?? []).filter(({ code }) => code === 'AWAITING_DELETION');
  const seen = isRefused
    ? `${exchange} refuses this key as it does a deleted one, and for other reasons too; remove it here once it is deleted; ${steps}`
    : `${exchange} still accepts this key, which ${replacedBy ?? 'another one'} replaced; ${steps}`;
  const nowMs = check.checkedAtMs ?? stateSinceMs;
  return [
    {
      code: 'AWAITING_DELETION',
      severity: nowMs - stateSinceMs < DAY_MS ? 'info' : 'warning',
      seen,
      sinceMs: stateSinceMs,
      remedy: remedyFor('AWAITING_DELETION'),
      url: keyPage(exchange),
      guide: guideFor(exchange),
    },
  ];
}
