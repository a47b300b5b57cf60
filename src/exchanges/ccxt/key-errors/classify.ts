import ccxt from 'ccxt';
import type { KeyProbeFailureCode } from '../../contract/ports.js';
import { RestHeldError } from '../instance/guard-rest.js';
import { binanceErrors } from './binance.errors.js';
import { bybitErrors } from './bybit.errors.js';
import type { ErrorTable } from './error-table.js';
import { krakenErrors } from './kraken.errors.js';
import { okxErrors } from './okx.errors.js';

const TABLES: Readonly<Record<string, ErrorTable>> = {
  binance: binanceErrors,
  bybit: bybitErrors,
  kraken: krakenErrors,
  okx: okxErrors,
};

/** Why a signed call failed. */
export interface SignedFailure {
  readonly code: KeyProbeFailureCode;
  readonly rawCode: string | null;
  readonly message: string;
}

const MAX_MESSAGE = 300;

/** HTTP status behind an error, where ccxt's own message leaves it out. Entries live as long as their error. */
const statuses = new WeakMap<object, number>();

/** Remembers the HTTP status that came with an error. */
export function noteHttpStatus(error: unknown, httpStatus: number): void {
  if (typeof error === 'object' && error !== null) statuses.set(error, httpStatus);
}

/** Tells whether ccxt can do something for this kind of account or market at all. */
export function isNotSupported(error: unknown): boolean {
  return error instanceof ccxt.NotSupported;
}

/** Tells a lost or refused connection, after which ccxt's sockets are gone, from everything else. */
export function isConnectionTrouble(error: unknown): boolean {
  return error instanceof ccxt.NetworkError && !(error instanceof ccxt.InvalidNonce);
}

/**
 * Says why a signed call failed, by the exchange's raw code.
 *
 * ccxt's classes are asked only when the exchange gave no code that is known: they call a revoked okx key a plain
 * `ExchangeError`, and a skewed clock a `NetworkError`. What stays unknown is `unknown` and never healthy.
 *
 * @param exchange - ccxt id.
 * @param error - What the call threw.
 * @param redact - Removes secrets from the exchange's words.
 */
export function classifyFailure(exchange: string, error: unknown, redact: (text: string) => string): SignedFailure {
  const text = error instanceof Error ? error.message : String(error);
  const said = answered(exchange, text) ?? { code: undefined, rawCode: null, words: text };
  return {
    code: said.code ?? byClass(error),
    rawCode: said.rawCode,
    message: redact(said.words).slice(0, MAX_MESSAGE),
  };
}

/** What the exchange itself said, when it said anything in a known shape. */
function answered(
  exchange: string,
  text: string,
): { code: KeyProbeFailureCode | undefined; rawCode: string; words: string } | null {
  const table = TABLES[exchange];
  const answer = jsonIn(text);
  const rawCode = answer && table?.codeOf(answer);
  if (!table || !answer || !rawCode) return null;
  const words = table.messageOf(answer) ?? text;
  const remark = table.remarks?.[rawCode];
  return { code: table.codes[rawCode], rawCode, words: remark === undefined ? words : `${words} (${remark})` };
}

function isRateLimit(error: unknown): boolean {
  if (error instanceof RestHeldError) return error.hold.code !== 'maintenance';
  return error instanceof ccxt.RateLimitExceeded || error instanceof ccxt.DDoSProtection;
}

function byClass(error: unknown): KeyProbeFailureCode {
  if (error instanceof ccxt.InvalidNonce) return 'clock_skew';
  if (isRateLimit(error)) return 'rate_limited';
  if (error instanceof ccxt.NetworkError || error instanceof ccxt.OperationFailed) return 'exchange_down';
  const httpStatus = typeof error === 'object' && error !== null ? statuses.get(error) : undefined;
  if (httpStatus === undefined) return 'unknown';
  if (httpStatus === 429 || httpStatus === 418) return 'rate_limited';
  return httpStatus >= 500 ? 'exchange_down' : 'unknown';
}

// ccxt writes the exchange's answer behind the exchange's id or the request line.
function jsonIn(text: string): Readonly<Record<string, unknown>> | null {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to <= from) return null;
  try {
    const parsed: unknown = JSON.parse(text.slice(from, to + 1));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
