import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from './problem.error.js';

/** One escape of JSON; a backslash that is escaped itself does not begin another. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|[^u])/gi;

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;

/** What an escape stands for that no text here may hold; null where there is none. */
function unstorableIn(json: string): string | null {
  /** Where the second half of a character must begin; after the first half alone. */
  let half: number | null = null;
  for (const { 0: whole, 1: hex, index } of json.matchAll(ESCAPE)) {
    const code = hex === undefined ? -1 : Number.parseInt(hex, 16);
    if (code === 0) return 'a NUL character';
    if (half === null ? isLow(code) : index !== half || !isLow(code)) return 'half a character';
    half = isHigh(code) ? index + whole.length : null;
  }
  return half === null ? null : 'half a character';
}

/**
 * Refuses a query with a NUL character: no text here has one, and PostgreSQL takes none. What stands in a path is looked
 * up in memory, so there it is something that does not exist.
 *
 * @param target - Path and query as they came.
 * @returns The refusal; null where there is none.
 */
export function queryRefusal(target: string): ProblemError | null {
  if (!target.slice(target.indexOf('?') + 1).includes('%00') || !target.includes('?')) return null;
  return new ProblemError(400, 'bad_query', 'the query holds a NUL character (%00), which no text here may');
}

/**
 * Refuses a body before it is parsed that no text here may come from: JSON in another encoding than UTF-8 (RFC 8259,
 * section 8.1), or with a NUL character or half of one that takes two escapes: PostgreSQL stores neither.
 *
 * @throws {ProblemError} 415 `unsupported_media_type`, 400 `bad_body`.
 */
export function assertStorable(
  _request: IncomingMessage,
  _response: ServerResponse,
  body: Buffer,
  encoding: string,
): void {
  if (encoding.toLowerCase() !== 'utf-8') {
    throw new ProblemError(415, 'unsupported_media_type', 'the charset is not supported; send UTF-8');
  }
  const unstorable = unstorableIn(body.toString('latin1'));
  if (unstorable !== null) {
    throw new ProblemError(400, 'bad_body', `the body holds ${unstorable}, which no text here may`);
  }
}
