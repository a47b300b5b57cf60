import type { ExportTable } from '../../platform/export/index.js';

/** What is asked of a list, seen as a range: to be told whether it changed, and to be written out whole. */
export interface ListRange<T> {
  /** Whether its time is fully over: it changes no more, but for what is deleted or comes late. */
  readonly isOver: boolean;
  /** Name of the file, without what the format adds. */
  readonly name: string;
  /** Opens the whole range, from the cursor if there is one, of at most `limit` rows if that was given. */
  table(signal: AbortSignal): Promise<ExportTable<T>> | ExportTable<T>;
  /** What tells its data from others; null while any of it may change. */
  fingerprint(signal: AbortSignal): Promise<string | null>;
  /** The same of one page, where that costs less than the page; else undefined. */
  readonly pageFingerprint?: () => Promise<string | null>;
  /** The same of a page that was read; null while any of it may change. */
  fingerprintOf(page: unknown): string | null;
}

/** A page that was read, and where the next begins. */
export interface KeyedPage<T, K> {
  readonly rows: readonly T[];
  readonly next: K | null;
}

/**
 * Reads a whole range page after page by the keys of their last rows: nothing is held open between two pages, however
 * slow the client is, and what is inserted meanwhile neither repeats nor hides a row.
 *
 * @param read - Reads the page that begins right after a key.
 * @param first - Where to begin.
 * @param most - Most rows in all.
 * @returns Pages.
 */
export async function* keyedPages<T, K>(
  read: (after: K | null) => Promise<KeyedPage<T, K>>,
  first: K | null,
  most: number,
): AsyncGenerator<readonly T[]> {
  let left = most;
  let after = first;
  do {
    const { rows, next } = await read(after);
    yield rows.length > left ? rows.slice(0, left) : rows;
    left -= rows.length;
    after = next;
  } while (after !== null && left > 0);
}

/** Most rows that a query asks for: without a limit of its own an export is whole. */
export function mostOf(raw: unknown, limit: number): number {
  return (raw as Readonly<Record<string, unknown>>)['limit'] === undefined ? Infinity : limit;
}
