import { decodeOpaque, encodeOpaque, ProblemError } from '../platform/http/index.js';
import { isPlainId } from './cursor.js';

/** The last row of a page of some list: the next page begins right after it, whatever was inserted since. */
export interface KeyCursor {
  /** The list and its order: a place in one means nothing in another. */
  readonly list: string;
  readonly key: readonly (string | number)[];
}

/** What an element of a key must be, since whoever hands a cursor back may have made it up. */
export type KeyPart = 'time' | 'number' | 'text';

const MAX_PARTS = 8;
const VERSION = 2;
const MAX_INT = 2_147_483_647;

/**
 * Writes a cursor as the opaque text that clients hand back.
 *
 * @param cursor - The position.
 * @returns Characters that need no escaping in a URL.
 */
export function encodeKey({ list, key }: KeyCursor): string {
  return encodeOpaque([VERSION, list, ...key]);
}

/**
 * Reads a cursor that a client handed back.
 *
 * @param text - The text.
 * @returns The position, or null when it is none of ours.
 */
export function decodeKey(text: string): KeyCursor | null {
  const parsed = decodeOpaque(text);
  if (!parsed || parsed.length > MAX_PARTS) return null;
  const [version, list, ...key] = parsed;
  if (version !== VERSION || typeof list !== 'string' || !key.every(isPart)) return null;
  return { list, key };
}

/**
 * Takes the key out of a cursor for a certain list.
 *
 * @param cursor - As it was handed back; undefined for the first page.
 * @param list - The list and its order that are asked for.
 * @param parts - What a key of that list is made of.
 * @returns The key, null for the first page.
 * @throws {ProblemError} 400 `bad_query` when the cursor belongs to another list.
 */
export function keyOf(
  cursor: KeyCursor | undefined,
  list: string,
  parts: readonly KeyPart[],
): readonly (string | number)[] | null {
  if (!cursor) return null;
  const fits = cursor.key.length === parts.length && parts.every((part, i) => isOf(part, cursor.key[i]));
  if (cursor.list === list && fits) return cursor.key;
  const detail = 'cursor belongs to another list; ask every page with the same interval, group and sort';
  throw new ProblemError(400, 'bad_query', detail, 'cursor');
}

function isPart(value: unknown): value is string | number {
  return typeof value === 'string' ? isPlainId(value) : typeof value === 'number' && Number.isFinite(value);
}

function isOf(part: KeyPart, value: string | number | undefined): boolean {
  if (part === 'text') return typeof value === 'string';
  if (typeof value !== 'number' || value < 0) return false;
  return part === 'time' ? value <= 8.64e15 : Number.isInteger(value) && value <= MAX_INT;
}
