import ccxt from 'ccxt';
import type { KeyProbeFailureCode } from '../../contract/ports.js';
import { RestHeldError } from '../instance/guard-rest.js';
import type { ErrorTable } from './error-table.js';
import { ERROR_TABLES } from './error-tables.js';
import { KnownRefusal } from './known-refusal.js';
import { addressIn } from './seen-address.js';

/** Why a signed call failed. */
export interface SignedFailure {
  readonly code: KeyProbeFailureCode;
  readonly rawCode: string | null;
  readonly message: string;
  /** True where the exchange says the same for other reasons as well. */
  readonly isAmbiguous: boolean;
  /** Our own address, where the refusal is about addresses and names one. */
  readonly seenAddress: string | null;
}

const MAX_MESSAGE = 300;

/** The HTTP answer behind an error, where ccxt's own message leaves it out. Entries live as long as their error. */
const answers = new WeakMap<object, { readonly httpStatus: number; readonly body: string | null }>();

/** Remembers the HTTP answer that came with an error: bitfinex's code is in no message of ccxt. */
export function noteAnswer(error: unknown, httpStatus: number, body: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  answers.set(error, { httpStatus, body: typeof body === 'string' ? body : null });
}

/** A refusal that ccxt takes for an answer; its message holds the exchange's own JSON. */
export class RefusedAnswer extends Error {
  constructor(exchange: string, body: string) {
    super(`${exchange} ${body}`);
  }
}

/**
 * Raises a refusal that ccxt lets pass: htx's with HTTP 200, bitfinex's with any status but 429 and 500.
 *
 * @throws {RefusedAnswer} If the answer refuses.
 */
export function raiseRefusal(exchange: string, body: unknown): void {
  const isRefusal = ERROR_TABLES[exchange]?.isRefusal;
  if (!isRefusal || typeof body !== 'string') return;
  const answer = jsonIn(body);
  if (answer && isRefusal(answer)) throw new RefusedAnswer(exchange, body);
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
  if (error instanceof KnownRefusal) {
    return { code: error.code, rawCode: error.rawCode, message: redact(text), isAmbiguous: false, seenAddress: null };
  }
  const nothing: Said = { code: undefined, rawCode: null, words: text, isAmbiguous: false };
  const said = answered(exchange, text, answerBehind(error)?.body ?? '') ?? nothing;
  const code = said.code ?? byClass(error);
  const message = redact(said.words);
  const { rawCode, isAmbiguous } = said;
  const seenAddress = code === 'ip_refused' || isAmbiguous ? addressIn(message) : null;
  return { code, rawCode, message: message.slice(0, MAX_MESSAGE), isAmbiguous, seenAddress };
}

interface Said {
  readonly code: KeyProbeFailureCode | undefined;
  readonly rawCode: string | null;
  readonly words: string;
  /** It may mean several things, an address among them. */
  readonly isAmbiguous: boolean;
}

/** What the exchange itself said, when it said anything in a known shape. */
function answered(exchange: string, text: string, body: string): Said | null {
  const table = ERROR_TABLES[exchange];
  const said = table && spoken(table, text, body);
  if (!said) return null;
  const { rawCode, words } = said;
  const remark = table.remarks?.[rawCode];
  const isAmbiguous = remark !== undefined;
  return { code: table.codes[rawCode], rawCode, words: isAmbiguous ? `${words} (${remark})` : words, isAmbiguous };
}

function spoken(table: ErrorTable, text: string, body: string): { rawCode: string; words: string } | null {
  const answer = jsonIn(body) ?? jsonIn(text);
  if (!answer) return table.plain?.(text) ?? null;
  const rawCode = table.codeOf(answer);
  return rawCode ? { rawCode, words: table.messageOf(answer) ?? text } : null;
}

function isRateLimit(error: unknown): boolean {
  if (error instanceof RestHeldError) return error.hold.code !== 'maintenance';
  return error instanceof ccxt.RateLimitExceeded || error instanceof ccxt.DDoSProtection;
}

function byClass(error: unknown): KeyProbeFailureCode {
  if (error instanceof ccxt.InvalidNonce) return 'clock_skew';
  if (isRateLimit(error)) return 'rate_limited';
  if (error instanceof ccxt.NetworkError || error instanceof ccxt.OperationFailed) return 'exchange_down';
  const httpStatus = answerBehind(error)?.httpStatus;
  if (httpStatus === undefined) return 'unknown';
  if (httpStatus === 429 || httpStatus === 418) return 'rate_limited';
  return httpStatus >= 500 ? 'exchange_down' : 'unknown';
}

function answerBehind(error: unknown): ReturnType<typeof answers.get> {
  return typeof error === 'object' && error !== null ? answers.get(error) : undefined;
}

// ccxt writes the exchange's answer, an object or a list, behind the exchange's id or the request line.
function jsonIn(text: string): Readonly<Record<string, unknown>> | null {
  const between = (open: string, close: string): string => text.slice(text.indexOf(open), text.lastIndexOf(close) + 1);
  return parsed(text) ?? parsed(between('{', '}')) ?? parsed(between('[', ']'));
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
