import type { Log } from '../logging/index.js';

/**
 * Makes a fault that nobody caught end the process with its story in the log: a process whose state is not known must
 * not go on telling figures, and a start is the way back to a known one.
 *
 * @param log - Where it is told.
 */
export function crashLoudly(log: Log): void {
  process.on('uncaughtException', (error: unknown) => {
    const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error('crashed on a fault that nobody caught; start the service again, and report this', { error: story });
    process.exit(1);
  });
}
