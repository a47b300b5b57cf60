import type { MasterKeyStatus, RotationReport } from '../../keys/index.js';
import { commandText } from '../../platform/config/index.js';

const DAY_MS = 86_400_000;
const ROTATE = commandText('keys master rotate');

const LOCKS: Readonly<Record<MasterKeyStatus['lock'], string>> = {
  none: 'not locked',
  passphrase: 'locked with a passphrase',
  transit: 'locked with a transit engine',
};

/**
 * Renders the master keys for people.
 *
 * @param status - What the service or the data directory told.
 * @param mostAgeMs - An older current key should be rotated.
 */
export function statusText({ place, lock, isRotating, keys }: MasterKeyStatus, mostAgeMs: number): string {
  const lines = [`${place}, ${LOCKS[lock]}`];
  if (keys.length === 0) lines.push('no master key has been made yet; the first start of the service makes one');
  for (const { kid, isCurrent, rows, ageMs } of keys) {
    const age = ageMs === null ? 'age unknown' : `${Math.floor(ageMs / DAY_MS)} days old`;
    lines.push(`  ${kid}  ${isCurrent ? 'current' : 'older  '}  ${rows} keys sealed  ${age}`);
    if (isCurrent && ageMs !== null && ageMs > mostAgeMs) lines.push(`    it is due: ${ROTATE}`);
  }
  if (isRotating) lines.push(`a rotation is not finished: ${ROTATE}`);
  return `${lines.join('\n')}\n`;
}

/** Renders how a rotation ended, and what is left to do. */
export function rotationText({ kid, isNew, resealed, dropped, removable, unopened }: RotationReport): string {
  const made = isNew ? `the new master key is ${kid}` : `no new master key was made, the current one is ${kid}`;
  const lines = [`${resealed} keys were sealed anew; ${made}`];
  if (dropped.length > 0) lines.push(`dropped, since no row needs it: ${dropped.join(', ')}`);
  if (removable.length > 0) lines.push(`may be taken out of masterKey now, no row needs it: ${removable.join(', ')}`);
  if (unopened.length > 0) {
    lines.push(`open under no master key, remove them or restore their rows: ${unopened.join(', ')}`);
  }
  if (isNew) lines.push('back the new master key up; backups of the database from before still need the old one');
  return `${lines.join('\n')}\n`;
}
