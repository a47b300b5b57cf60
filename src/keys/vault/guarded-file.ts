import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { credentialsDirectory } from '../../platform/config/index.js';
import { VaultError, type VaultErrorCode } from './vault.errors.js';

/** How faults of a file are told. */
export interface GuardedFile {
  readonly file: string;
  /** The code when it cannot be read. */
  readonly unreadable: VaultErrorCode;
  /** What to do when it is not there. */
  readonly whenMissing: string;
}

/** The bits of a mode that let others read, write or run. */
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;

/**
 * What a mode must not have. A credential of systemd is let to its user by an access list, whose mask shows in the place of
 * the group's bits; nobody else comes through its directory.
 */
function forbiddenBits(file: string): number {
  const directory = credentialsDirectory();
  return directory !== null && path.dirname(path.resolve(file)) === path.resolve(directory) ? OTHERS : GROUP_AND_OTHERS;
}

/**
 * Reads a file that holds a secret, and refuses one that others can read.
 *
 * @throws {VaultError} `master_key_exposed` for a mode beyond the owner's, else the code given.
 */
export async function readGuarded({ file, unreadable, whenMissing }: GuardedFile): Promise<string> {
  try {
    const { mode } = await stat(file);
    // Windows keeps no such bits.
    if (process.platform !== 'win32' && (mode & forbiddenBits(file)) !== 0) {
      throw new VaultError(
        'master_key_exposed',
        `${file} can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
        `run: chmod 600 ${file}`,
      );
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof VaultError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    const remedy = code === 'ENOENT' ? whenMissing : 'give the user of this process the right to read it';
    throw new VaultError(unreadable, `${file} cannot be read (${code})`, remedy, { cause: error });
  }
}

/** True when an error of {@link readGuarded} says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof VaultError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
