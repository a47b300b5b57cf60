import { oneLine } from '../../core/alerts/alert-template.js';
import { later, never, type Outcome, TAKEN } from './sender.js';

/** The most of an answer that is read, bytes; what they say that we look at is far shorter. */
const MAX_ANSWER_BYTES = 16_384;
/** The most of an answer that is repeated. */
const SHOWN_CHARACTERS = 200;

/** What a target answered. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of it. */
  readonly text: string;
  /** The same as JSON; null where it is none. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** What is posted where. */
export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * Posts JSON. Redirects are not followed: they would carry a secret to wherever they point.
 *
 * @returns The answer, or the outcome where none came in time.
 */
export async function postJson({ url, body, headers, timeoutMs }: Post): Promise<Reply | Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'crossbook', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await beginningOf(response);
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  } catch (error) {
    return later(faultOf(error, timeoutMs));
  }
}

/**
 * Says what an answer means by its status.
 *
 * @param said - What the target says of it in its own way, null where it says nothing.
 * @param askedMs - The silence that it asks for in its own way, null where it asks for none there.
 */
export function outcomeOf(reply: Reply, said: string | null, askedMs: number | null = null): Outcome {
  const { status, headers } = reply;
  if (status >= 200 && status < 300) return TAKEN;
  if (status >= 300 && status < 400) return never(`HTTP ${status}: it points elsewhere, and that is not followed`);
  const reason = `HTTP ${status}${said === null ? '' : `: ${oneLine(said).slice(0, SHOWN_CHARACTERS)}`}`;
  const mayMend = status === 429 || status === 408 || status === 425 || status >= 500;
  return mayMend ? later(reason, askedMs ?? silenceIn(headers)) : never(reason);
}

/** The text that a field of an answer holds; null where it holds none. */
export function textIn(json: Reply['json'], field: string): string | null {
  const value = json?.[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Seconds in a field of an answer as milliseconds; null where there are none. */
export function secondsIn(json: unknown, field: string): number | null {
  const value = (json as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value * 1_000 : null;
}

/** The silence that `Retry-After` asks for: seconds, or a time (RFC 9110, section 10.2.3). */
function silenceIn(headers: Headers): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const until = Date.parse(value);
  const from = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? null : Math.max(0, until - from);
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels what is not read.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Reply['json'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // A page of a proxy: the status tells enough.
  }
}

/** Codes only: messages may hold the address, and with it a secret. */
function faultOf(error: unknown, timeoutMs: number): string {
  if ((error as Error).name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = (error as { cause?: { code?: unknown; errors?: { code?: unknown }[] } }).cause;
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' ? `not reached (${code})` : 'not reached';
}
