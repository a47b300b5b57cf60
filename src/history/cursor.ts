import { decodeOpaque, encodeOpaque } from '../platform/http/index.js';

/** Order of a list by opening time; `-` is newest first. */
export type Sort = 'openedAt' | '-openedAt';

/** The last row of a page: the next page begins right after it, whatever was inserted since. */
export interface Cursor {
  readonly sort: Sort;
  readonly openedAtMs: number;
  readonly id: string;
}

const VERSION = 1;

/**
 * Writes a cursor as the opaque text that clients hand back.
 *
 * @param cursor - The position.
 * @returns Characters that need no escaping in a URL.
 */
export function encodeCursor({ sort, openedAtMs, id }: Cursor): string {
  return encodeOpaque([VERSION, sort, openedAtMs, id]);
}

/**
 * Reads a cursor that a client handed back.
 *
 * @param text - The text.
 * @returns The position, or null when it is none of ours.
 */
export function decodeCursor(text: string): Cursor | null {
  const parsed = decodeOpaque(text);
  if (parsed?.length !== 4) return null;
  const [version, sort, openedAtMs, id] = parsed;
  if (version !== VERSION || (sort !== 'openedAt' && sort !== '-openedAt')) return null;
  if (typeof openedAtMs !== 'number' || !(openedAtMs >= 0 && openedAtMs <= 8.64e15)) return null;
  return typeof id === 'string' && isPlainId(id) ? { sort, openedAtMs, id } : null;
}

/**
 * Says whether a text can be the id of an opportunity: printable ASCII without spaces, of a sane length.
 *
 * @param text - Text from outside.
 * @returns False for what no id looks like, and what the database would refuse as text.
 */
export function isPlainId(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}
