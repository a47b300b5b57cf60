import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { env } from 'node:process';
import { describe } from '@jest/globals';

/** The program, where Debian puts it or in PATH; null where there is none. */
export const NATS_SERVER = findServer();

/**
 * Declares tests that need the real server; skipped, and said so, where there is none.
 *
 * @throws {Error} If there is none where all is to be tested (`CI=true`).
 */
export function describeWithServer(name: string, tests: () => void): void {
  if (NATS_SERVER !== null) describe(name, tests);
  else if (env['CI'] === 'true') throw new Error('nats-server is missing; apt-get install nats-server');
  else describe.skip(`${name} (install nats-server to run it)`, tests);
}

function findServer(): string | null {
  const directories = ['/usr/sbin', ...(env['PATH'] ?? '').split(path.delimiter)];
  const found = directories.map((directory) => path.join(directory, 'nats-server')).find(isProgram);
  return found ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file);
  } catch {
    return false;
  }
}
