import { existsSync } from 'node:fs';
import path from 'node:path';

/** Stands in a clone, where npm runs the commands, and not in the installed package. */
const RUNNER = path.resolve(import.meta.dirname, '../../../scripts/run.mjs');
let isClone = existsSync(RUNNER);

/** Spells every command from now on as the package's user types it; for what is written while the package is built. */
export function spellForPackage(): void {
  isClone = false;
}

/**
 * Returns a command as the user of this installation types it, for messages that tell what to do.
 *
 * @param words - The command without the name of the program: `keys list`.
 * @param fromClone - Whether the program runs from a clone; as it does, unless a test says otherwise.
 * @returns `crossbook keys list` for the installed package, `npm run keys -- list` in a clone.
 */
export function commandText(words: string, fromClone: boolean = isClone): string {
  if (!fromClone) return `crossbook ${words}`;
  if (words === 'start') return 'npm start';
  const [, command = words, rest = ''] = /^(\S+) (.+)$/s.exec(words) ?? [];
  return rest === '' ? `npm run ${command}` : `npm run ${command} -- ${rest}`;
}
