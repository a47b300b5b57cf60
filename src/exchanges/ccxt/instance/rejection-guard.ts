import ccxt from 'ccxt';
import { type Observable, Subject } from 'rxjs';
import type { Log } from '../../../platform/logging/index.js';
import { streamingExchanges } from './create-instance.js';

/** A fault inside ccxt that nobody awaited, and at which exchange. */
export interface StrayFault {
  readonly exchange: string;
  readonly message: string;
}

/** Counts what was let pass, and takes the guard off. */
export interface RejectionGuard {
  /** Rejections that came from ccxt since the guard was set. */
  readonly count: number;
  remove(): void;
}

const told$ = new Subject<StrayFault>();
/** Faults whose exchange can be told, in this thread, while a guard is set. */
export const strayFaults$: Observable<StrayFault> = told$.asObservable();

/** The most kinds of faults that are told in the log; later ones are only counted. */
const MAX_KINDS = 50;
/** Where a stack passes through ccxt or the socket library beneath it; the file is named after its exchange. */
const CLIENT_CODE = /[\\/]node_modules[\\/](?:ccxt|ws)[\\/]/;
const EXCHANGE_FILE = /[\\/]ccxt[\\/]js[\\/]src[\\/](?:pro[\\/])?([a-z0-9]+)\.js/;

/**
 * Tells whether a rejection that nobody awaited comes from the exchanges' client: ccxt's own errors, a send on a socket
 * that just closed, and any fault raised in its code by what an exchange sent.
 */
export function isStrayRejection(reason: unknown): boolean {
  if (reason instanceof ccxt.BaseError) return true;
  if (!(reason instanceof Error)) return false;
  return reason.message.startsWith('WebSocket is not open') || CLIENT_CODE.test(frameThatThrew(reason));
}

/**
 * Says at which exchange a stray rejection happened.
 *
 * @returns Its ccxt id, null where neither message nor stack tells it.
 */
export function culpritOf(error: Error): string | null {
  const named = EXCHANGE_FILE.exec(error.stack ?? '')?.[1] ?? /^[a-z0-9]+/.exec(error.message)?.[0];
  return named !== undefined && streamingExchanges().includes(named) ? named : null;
}

/**
 * Catches the rejections that ccxt leaves unhandled, as when a socket closes under a throttled send; without this they
 * would end the process. Each is counted: at its exchange where that can be told, else in the log, once per kind. Any
 * rejection of our own code still ends the process, loudly.
 *
 * @param log - Where kinds are named.
 * @returns The guard.
 */
export function guardRejections(log: Log): RejectionGuard {
  let count = 0;
  const kinds = new Set<string>();
  const listener = (reason: unknown): void => {
    if (!isStrayRejection(reason)) throw reason;
    count += 1;
    const error = reason as Error;
    const exchange = culpritOf(error);
    if (exchange !== null) told$.next({ exchange, message: `${error.name}: ${error.message}` });
    // Digits differ from one to the next: sequences, times, ports.
    const kind = `${exchange ?? ''} ${error.name} ${error.message.replace(/\d+/g, '#').slice(0, 100)}`;
    if (kinds.has(kind) || kinds.size >= MAX_KINDS) return;
    kinds.add(kind);
    log.warn('a fault in the client of an exchange that nobody awaited; told once per kind', {
      ...{ exchange, name: error.name, message: error.message, count },
    });
  };
  process.on('unhandledRejection', listener);
  return {
    get count() {
      return count;
    },
    remove: () => process.off('unhandledRejection', listener),
  };
}

// A rejection of our own code that ccxt merely called must stay loud: only the innermost frame counts.
function frameThatThrew({ stack }: Error): string {
  return /^ +at (?!.*\bnode:).*[\\/].*$/m.exec(stack ?? '')?.[0] ?? '';
}
