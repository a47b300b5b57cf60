import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../logging/index.js';
import { DatabaseError } from './database.errors.js';
import { SERVER_ENVIRONMENT } from './embedded-binaries.js';

/** Fast shutdown ends sessions and writes a checkpoint; see "Shutting Down the Server" in PostgreSQL's manual. */
const FAST = 'SIGINT';
/** Immediate shutdown leaves the rest to recovery at the next start. */
const IMMEDIATE = 'SIGQUIT';
const FAST_WAIT_MS = 8_000;
const IMMEDIATE_WAIT_MS = 3_000;

/**
 * Ends the server of a cluster that outlived its service, and removes a pid file that names a stranger.
 *
 * The caller holds the data directory, so a server that runs on it belongs to nobody.
 *
 * @param cluster - The cluster's folder.
 * @param log - Where it is told.
 * @throws {DatabaseError} `orphan_server` if it does not end.
 */
export async function endOrphan(cluster: string, log: Log): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = pidIn(file);
  // A dead pid is left to PostgreSQL: it also looks whether the shared memory is still in use.
  if (pid === null || !isRunning(pid)) return;
  if (!isServerOf(pid, cluster)) {
    log.info('removed a stale pid file of the database', { pid });
    rmSync(file, { force: true });
    return;
  }
  log.info('ending the database server that an earlier run left behind', { pid });
  if (await endServer(pid)) return;
  throw new DatabaseError(
    'orphan_server',
    `the database server of an earlier run (process ${pid}) does not end; end it by "kill -QUIT ${pid}" and start again`,
    false,
  );
}

/**
 * Shuts a server down in order, and harder when it does not listen.
 *
 * @param pid - The postmaster.
 * @returns Whether it ended, within 11 s.
 */
export async function endServer(pid: number): Promise<boolean> {
  return (await signalAndWait(pid, FAST, FAST_WAIT_MS)) || (await signalAndWait(pid, IMMEDIATE, IMMEDIATE_WAIT_MS));
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  try {
    process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  while (isRunning(pid)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

function pidIn(file: string): number | null {
  try {
    const first = readFileSync(file, 'utf8').split('\n')[0]?.trim() ?? '';
    return /^\d+$/.test(first) ? Number(first) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A zombie has ended; its parent has only not asked yet.
  return processState(pid) !== 'Z';
}

function processState(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
}

/** A postmaster works in its cluster's folder; where /proc is missing its command line has to do. */
function isServerOf(pid: number, cluster: string): boolean {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    } catch {
      return false;
    }
  }
  try {
    const command = ['-o', 'command=', '-p', String(pid)];
    return execFileSync('ps', command, { encoding: 'utf8', env: SERVER_ENVIRONMENT }).includes(cluster);
  } catch {
    return false;
  }
}
