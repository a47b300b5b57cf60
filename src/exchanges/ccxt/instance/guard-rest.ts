import ccxt from 'ccxt';
import type { Clock } from '../../../platform/clock/index.js';
import type { Hold, HoldCode, RestGate } from '../../supervision/rest-gate.js';
import type { CcxtExchange } from './ccxt-instance.js';

/** A call that was not made, since the exchange wants none for a while. */
export class RestHeldError extends ccxt.NetworkError {
  override readonly name = 'RestHeldError';

  constructor(readonly hold: Hold) {
    super(`not called before ${new Date(hold.untilMs).toISOString()}: ${hold.message}`);
  }
}

/** Limits that an exchange tells by a code of its own which ccxt does not know for one. */
const LIMIT_CODES: Readonly<Record<string, RegExp>> = {
  // https://www.kucoin.com/docs/basic-info/request-rate-limit/rest-api
  kucoin: /"code":\s*"(429000|1015)"/,
};
/** Words that tell a ban, where the same class of error also tells a mere limit. */
const BAN_WORDS = /banned until|temporary lockout|access too frequent/i;
/** Words of a maintenance, where ccxt knows the answer only as a failure of the server. */
const MAINTENANCE_WORDS = /maintenance|server upgrade|service is restarting/i;
/** binance: "Way too many requests; IP banned until 1499827319559." */
const BANNED_UNTIL = /banned until (\d{13})/;
/** Bans whose length is in the exchange's documents and not in its answer. */
const DOCUMENTED_BAN_MS: Readonly<Record<string, number>> = {
  // https://bybit-exchange.github.io/docs/v5/rate-limit: "wait for at least 10 minutes"
  bybit: 600_000,
};
const MAX_MESSAGE = 300;

/** What the guard of an instance needs around it. */
export interface RestGuardContext {
  /** Of the exchange, shared by all its instances behind one address. */
  readonly gate: RestGate;
  readonly clock: Clock;
  /** Our clock minus theirs, for times that they tell by theirs; null while unknown. */
  readonly offsetMs: () => number | null;
}

type Headers = Readonly<Record<string, unknown>>;

/** One answer of an exchange that may ask for silence. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** What ccxt made of it; undefined when it took it for good. */
  readonly error: unknown;
}

/**
 * Sets a gate before every REST call of an instance, and tells the gate of each answer that asks for silence: 418, 429,
 * ccxt's classes of limits and of maintenance, and the exchange's own codes. A call that may not leave rejects at once
 * with {@link RestHeldError}; whoever wanted it asks the gate when to try again.
 *
 * @param exchange - The instance; its hooks are the seam, since only there are status, headers and body together.
 * @param context - What the guard needs around it.
 */
export function guardRest(exchange: CcxtExchange, { gate, clock, offsetMs }: RestGuardContext): void {
  const note = (status: number, parts: readonly unknown[], error: unknown): void => {
    const headers = (parts[3] ?? {}) as Headers;
    const body = typeof parts[4] === 'string' ? parts[4] : '';
    const code = holdCode(exchange, { status, headers, body, error });
    if (code === null) return;
    const message = `${exchange.id} answered ${status} ${body}`.slice(0, MAX_MESSAGE);
    const nowMs = clock.nowMs();
    const documentedMs = code === 'banned' ? DOCUMENTED_BAN_MS[exchange.id] : undefined;
    const toldMs = toldUntilMs({ headers, body, nowMs, offsetMs: offsetMs() ?? 0 });
    gate.refused(code, message, toldMs ?? (documentedMs === undefined ? null : nowMs + documentedMs));
  };
  const handleErrors = exchange.handleErrors.bind(exchange);
  exchange.handleErrors = (status, ...parts) => {
    try {
      const handled = handleErrors(status, ...parts);
      note(status, parts, undefined);
      return handled;
    } catch (error) {
      note(status, parts, error);
      throw error;
    }
  };
  const fetch = exchange.fetch.bind(exchange);
  exchange.fetch = async (...call) => {
    const hold = gate.current;
    if (hold) throw new RestHeldError(hold);
    const answer = await fetch(...call);
    gate.answered();
    return answer;
  };
}

function holdCode(exchange: CcxtExchange, { status, body, error }: Answer): HoldCode | null {
  if (error instanceof ccxt.OnMaintenance || (status >= 500 && MAINTENANCE_WORDS.test(body))) return 'maintenance';
  if (status === 418) return 'banned';
  const isLimit =
    status === 429 || isLimitError(error) || isLimitClass(exchange, status) || LIMIT_CODES[exchange.id]?.test(body);
  if (isLimit !== true) return null;
  return BAN_WORDS.test(body) ? 'banned' : 'rate_limited';
}

function isLimitError(error: unknown): boolean {
  return error instanceof ccxt.RateLimitExceeded || error instanceof ccxt.DDoSProtection;
}

/** ccxt raises the class of a status after this hook; bybit's 403 is a limit, everybody else's is not. */
function isLimitClass(exchange: CcxtExchange, status: number): boolean {
  const raised: unknown = exchange.httpExceptions[String(status)];
  return raised === ccxt.RateLimitExceeded || raised === ccxt.DDoSProtection;
}

interface Told {
  readonly headers: Headers;
  readonly body: string;
  readonly nowMs: number;
  readonly offsetMs: number;
}

/**
 * Reads until when an answer asks for silence: the epoch milliseconds of a ban, or `Retry-After` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), which is measured from the answer's own `Date`.
 */
function toldUntilMs({ headers, body, nowMs, offsetMs }: Told): number | null {
  const banned = BANNED_UNTIL.exec(body)?.[1];
  if (banned !== undefined) return Number(banned) + offsetMs;
  const retryAfter = headerOf(headers, 'retry-after');
  if (retryAfter === undefined) return null;
  if (/^\d+$/.test(retryAfter)) return nowMs + Number(retryAfter) * 1_000;
  const atMs = Date.parse(retryAfter);
  if (Number.isNaN(atMs)) return null;
  const theirNowMs = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isNaN(theirNowMs) ? atMs : nowMs + atMs - theirNowMs;
}

function headerOf(headers: Headers, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found.trim() : undefined;
}
