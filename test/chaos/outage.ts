import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QUIET_MS } from './load.js';

/** Kills the server of the database, and each that is started in its place, until something has come about meanwhile. */
export async function keepDown(directory: string, isOver: () => boolean): Promise<void> {
  const killed = new Set<number>();
  const deadline = performance.now() + QUIET_MS;
  while (!isOver()) {
    if (performance.now() > deadline) throw new Error(`clients heard nothing for ${QUIET_MS} ms without a database`);
    const pid = postmasterOf(directory);
    if (pid !== null && !killed.has(pid)) {
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    await delay(20);
  }
  expect(killed.size).toBeGreaterThan(1);
}

/** The process that serves the database, from the first line of PostgreSQL's own file; null while there is none. */
function postmasterOf(directory: string): number | null {
  try {
    const text = readFileSync(path.join(directory, 'data/postgres/data/postmaster.pid'), 'utf8');
    return Number(text.split('\n')[0]) || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
