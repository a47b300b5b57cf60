import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unwritable } from './data-directory.js';
import { DatabaseError } from './database.errors.js';

/** The unprivileged user whom PostgreSQL demands when the service runs as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The server's own folder in the data directory: `data` (the cluster), `password`, `port` and `server.log`.
 *
 * `fd` and `path` differ for root: the user of the server may have no way through the parent folders (a home, a
 * temporary folder with mode 0700), so it inherits the open folder and names it `/proc/self/fd/3`.
 */
export interface ServerDirectory {
  /** As we name it. */
  readonly path: string;
  /** As the server names it. */
  readonly serverPath: string;
  /** Open folder to hand down as descriptor 3; null where the server uses the path itself. */
  readonly fd: number | null;
  readonly user: ServerUser | null;
  readonly password: string;
  close(): void;
}

/** Users tried in this order when root starts the server for the first time; `nobody` is everywhere. */
const USER_NAMES = ['postgres', 'nobody'];

/**
 * Creates or opens the server's folder.
 *
 * @param directory - Absolute path of the folder.
 * @returns The folder, to be closed after the server has ended.
 * @throws {DatabaseError} `data_dir_unwritable`, `no_server_user` or `no_password`, each with the remedy.
 */
export function openServerDirectory(directory: string): ServerDirectory {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(directory, error);
  }
  const user = process.getuid?.() === 0 ? chooseUser(directory) : null;
  try {
    chmodSync(directory, 0o700);
    if (user) chownSync(directory, user.uid, user.gid);
    const password = ownPassword(directory, user);
    const isHandedDown = user !== null && process.platform === 'linux';
    const fd = isHandedDown ? openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY) : null;
    return {
      path: directory,
      serverPath: fd === null ? directory : '/proc/self/fd/3',
      fd,
      user,
      password,
      close: () => {
        if (fd !== null) closeSync(fd);
      },
    };
  } catch (error) {
    throw error instanceof DatabaseError ? error : unwritable(directory, error);
  }
}

/** Whoever owns an existing cluster stays its user, whatever users the machine has gained since. */
function chooseUser(directory: string): ServerUser {
  const cluster = statSync(path.join(directory, 'data'), { throwIfNoEntry: false });
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  for (const name of USER_NAMES) {
    const [, , uid = '', gid = ''] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (/^\d+$/.test(uid) && uid !== '0') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new DatabaseError(
    'no_server_user',
    `PostgreSQL does not run as root, and this machine has no user ${USER_NAMES.join(' or ')}; run the service as an ` +
      'ordinary user, or set CROSSBOOK_DATABASE_URL to a PostgreSQL server of your own',
    false,
  );
}

/** Made once and never shown: in a file that only the server's user (and root) may read, never on a command line. */
function ownPassword(directory: string, user: ServerUser | null): string {
  const file = path.join(directory, 'password');
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (known !== '') return known;
  if (existsSync(path.join(directory, 'data'))) {
    throw new DatabaseError(
      'no_password',
      `${file} is missing or empty, and without it the database in ${directory} cannot be opened; restore it from a backup`,
      false,
    );
  }
  const password = randomBytes(24).toString('base64url');
  // Whole or not at all: an empty file, left by a kill in between, would keep every later start from succeeding.
  const draft = `${file}.draft`;
  writeFileSync(draft, `${password}\n`, { mode: 0o600, flush: true });
  if (user) chownSync(draft, user.uid, user.gid);
  renameSync(draft, file);
  return password;
}
