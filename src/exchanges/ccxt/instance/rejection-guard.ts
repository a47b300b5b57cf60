import ccxt from 'ccxt';
import type { Log } from '../../../platform/logging/index.js';

/** Counts what was let pass, and takes the guard off. */
export interface RejectionGuard {
  /** Rejections that came from ccxt since the guard was set. */
  readonly count: number;
  remove(): void;
}

/** Tells whether a rejection that nobody awaited comes from ccxt's own sockets: a send on one that just closed. */
export function isStraySocketRejection(reason: unknown): boolean {
  if (reason instanceof ccxt.BaseError) return true;
  return reason instanceof Error && reason.message.startsWith('WebSocket is not open');
}

/**
 * Catches the rejections that ccxt leaves unhandled when a socket closes under a throttled send; without this they
 * would end the process. Each is counted and named. Any other one still ends the process, loudly.
 *
 * @param log - Where they are named.
 * @returns The guard.
 */
export function guardRejections(log: Log): RejectionGuard {
  let count = 0;
  const listener = (reason: unknown): void => {
    if (!isStraySocketRejection(reason)) throw reason;
    count += 1;
    const error = reason as Error;
    log.warn('an exchange socket closed under a request', { name: error.name, message: error.message, count });
  };
  process.on('unhandledRejection', listener);
  return {
    get count() {
      return count;
    },
    remove: () => process.off('unhandledRejection', listener),
  };
}
