import { type ListEnvelope, listOf } from '../platform/http/index.js';
import { encodeKey } from './key-cursor.js';

/**
 * Cuts a page out of one row more than it may hold.
 *
 * @param list - The list and its order, as its cursors name it.
 * @param limit - Most rows of the page.
 * @param rows - Up to one row more.
 * @param keyOf - By what the next page goes on.
 * @returns The page, without the numbers of routes, which mean nothing outside.
 */
export function pageOf<T extends { readonly route: number }>(
  list: string,
  limit: number,
  rows: readonly T[],
  keyOf: (row: T) => readonly (string | number)[],
): ListEnvelope<Omit<T, 'route'>> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const data = shown.map(withoutRoute);
  return listOf(data, rows.length > limit && last ? encodeKey({ list, key: keyOf(last) }) : null);
}

/** A row as it is shown: the numbers of routes mean nothing outside. */
export function withoutRoute<T extends { readonly route: number }>(row: T): Omit<T, 'route'> {
  const copy: Omit<T, 'route'> & { route?: number } = { ...row };
  delete copy.route;
  return copy;
}
