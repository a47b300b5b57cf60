import type { IncomingHttpHeaders } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { type Log, LogContext } from '../logging/index.js';

/** The header in which a request may bring its id, and in which every answer tells it. */
export const REQUEST_ID_HEADER = 'X-Request-Id';
/** What is taken over as an id: what the usual proxies and clients make, and nothing that could break a log or a header. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
/** A request that took longer than this until its answer began is logged as slow; answers may be streamed for minutes. */
const SLOW_MS = 1_000;
/** Probes answer 503 on purpose, again and again: the log of what is not ready tells why. */
const PROBES = '/health/';

/** Characters of a path that are logged; never its query, which may hold anything. */
const MOST_PATH = 200;

/** Names requests that bring no id: when the process came to this, and how many came before. */
const run = Date.now().toString(36);
let made = 0;

/**
 * The id of a request: its own where that is sane, else a new one.
 *
 * @param headers - Its headers.
 * @returns At most 64 characters of letters, digits and `. _ : -`.
 */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && SANE_ID.test(given)) return given;
  made += 1;
  return `${run}-${made}`;
}

/** The id that a response tells; of a request that {@link followRequests} has seen. */
export function toldRequestId(response: Pick<Response, 'getHeader'>): string {
  return String(response.getHeader(REQUEST_ID_HEADER) ?? '');
}

/** Calls back just before the first byte of an answer goes out. */
function onAnswerBegins(response: Response, note: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response;
  response.writeHead = (...args: unknown[]): Response => {
    note();
    return writeHead(...args);
  };
}

/**
 * Express middleware that gives every request its id: in the response, in every line of the log made during it, and in
 * a line about the request itself: at debug, at warn where it failed (5xx) or was slow. Comes before anything else.
 *
 * @param log - Where the lines go.
 */
export function followRequests(log: Log): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const startedMs = performance.now();
    let beganMs: number | null = null;
    response.setHeader(REQUEST_ID_HEADER, requestIdOf(request.headers));
    onAnswerBegins(response, () => (beganMs ??= performance.now()));
    const context = new LogContext({ requestId: toldRequestId(response) });
    // Taken now: what comes later rewrites it on the way to a route.
    const { method, path } = request;
    response.once('close', () => {
      const endedMs = performance.now();
      context.run(() => {
        tell(log, { method, path, startedMs, beganMs: beganMs ?? endedMs, endedMs }, response);
      });
      context.end();
    });
    context.run(next);
  };
}

interface Answered {
  readonly method: string;
  readonly path: string;
  readonly startedMs: number;
  readonly beganMs: number;
  readonly endedMs: number;
}

function tell(log: Log, { method, path, startedMs, beganMs, endedMs }: Answered, response: Response): void {
  const waitedMs = Math.round(beganMs - startedMs);
  const fields = {
    method,
    path: path.slice(0, MOST_PATH),
    status: response.statusCode,
    isWhole: response.writableFinished,
    waitedMs,
    durationMs: Math.round(endedMs - startedMs),
  };
  if (response.statusCode >= 500 && !path.startsWith(PROBES)) log.warn('a request failed', fields);
  else if (waitedMs > SLOW_MS) log.warn('a request was slow', fields);
  else log.debug('a request was answered', fields);
}
