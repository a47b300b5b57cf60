import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseError } from './database.errors.js';
import { isFromHere, isProcessGone, processMark } from './process-mark.js';

interface Holder {
  readonly pid: number;
  readonly mark: string;
}

/** Attempts at taking a lock that others take at the same moment. */
const ATTEMPTS = 5;
/** A holder touches its lock this often, for those who cannot see its process (another container, same volume). */
const TOUCH_MS = 2_000;
/** An unseen holder that has not touched its lock for this long is gone. */
const SILENT_MS = 10_000;

/**
 * Creates the data directory (0700) and takes it for this process; a lock whose process is gone is taken over.
 *
 * @param dataDir - Absolute path.
 * @returns Gives the directory back.
 * @throws {DatabaseError} `data_dir_in_use` with the pid of the holder, `data_dir_unwritable` with the reason.
 */
export function takeDataDirectory(dataDir: string): () => void {
  const lock = lockFile(dataDir);
  const mark = processMark(process.pid) ?? `pid:${process.pid}`;
  const own = `${process.pid}\n${mark}\n`;
  const draft = `${lock}.${randomUUID()}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(draft, own, { mode: 0o600 });
    try {
      takeLock(lock, draft, dataDir);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    throw error instanceof DatabaseError ? error : unwritable(dataDir, error);
  }
  const touching = setInterval(() => {
    touch(lock);
  }, TOUCH_MS).unref();
  return () => {
    clearInterval(touching);
    if (readText(lock) === own) rmSync(lock, { force: true });
  };
}

/**
 * Says what stands in the way of using a data directory, and what to do.
 *
 * @param dataDir - The directory.
 * @param error - What the system said.
 * @returns The error for the user.
 */
export function unwritable(dataDir: string, error: unknown): DatabaseError {
  const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  return new DatabaseError(
    'data_dir_unwritable',
    `dataDir ${dataDir} cannot be used (${code}); make it a directory that this user may write, or set CROSSBOOK_DATA_DIR to another one`,
    false,
    { cause: error },
  );
}

/**
 * Tells whether a running service holds a data directory.
 *
 * @param dataDir - Absolute path.
 * @returns False also where the directory does not exist.
 */
export function isDataDirectoryHeld(dataDir: string): boolean {
  const lock = lockFile(dataDir);
  const text = readText(lock);
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && isHeld(lock, holder);
}

function lockFile(dataDir: string): string {
  return path.join(dataDir, 'crossbook.lock');
}

function takeLock(lock: string, draft: string, dataDir: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      linkSync(draft, lock);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = readText(lock);
    if (text === null) continue;
    const holder = parseHolder(text);
    if (holder && isHeld(lock, holder)) throw inUse(dataDir, lock, holder);
    setAside(lock, text);
  }
  throw new DatabaseError('data_dir_in_use', `dataDir ${dataDir} is being taken by other processes; try again`, true);
}

/** Removes a stale lock; if another process took it over meanwhile, its lock is put back. */
function setAside(lock: string, staleText: string): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readText(aside) !== staleText) linkSync(aside, lock);
  rmSync(aside, { force: true });
}

function isHeld(lock: string, holder: Holder): boolean {
  if (isFromHere(holder.mark)) return !isProcessGone(holder.mark, holder.pid);
  const touchedAtMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.abs(Date.now() - touchedAtMs) < SILENT_MS;
}

function inUse(dataDir: string, lock: string, holder: Holder): DatabaseError {
  const where = isFromHere(holder.mark) ? '' : ' of another container or machine';
  return new DatabaseError(
    'data_dir_in_use',
    `dataDir ${dataDir} is in use by process ${holder.pid}${where}; stop it, or set CROSSBOOK_DATA_DIR to another ` +
      `directory (if that process is not Crossbook, remove ${lock})`,
    false,
  );
}

/** The file may be on a disk that went away; whoever uses the data will say so, with more to say. */
function touch(lock: string): void {
  const now = new Date();
  try {
    utimesSync(lock, now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function parseHolder(text: string): Holder | null {
  const [pid = '', mark = ''] = text.split('\n');
  return /^\d+$/.test(pid) && mark !== '' ? { pid: Number(pid), mark } : null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
