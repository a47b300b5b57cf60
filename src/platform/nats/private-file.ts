import { readFileSync, statSync } from 'node:fs';
import { StartupError } from '../config/index.js';

/**
 * Reads a secret that nobody else on this machine may read.
 *
 * @param name - What names the file: a setting.
 * @param file - Which.
 * @returns What it holds.
 * @throws {StartupError} If it cannot be read, or others can read it too.
 */
export function readPrivateFile(name: string, file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new StartupError(`${name}: ${file} can be read by others; chmod 600 it`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new StartupError(`${name}: cannot read ${file} (${code}); name a file that the service may read`);
  }
}
