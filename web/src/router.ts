import { signal } from '@preact/signals';

/** Where the page is: the parts of the path after `#/`, and its query. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

function placeNow(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** Where the page is now. */
export const place = signal<Place>(placeNow());
addEventListener('hashchange', () => (place.value = placeNow()));

/** The address of a place in the page. */
export function hrefOf(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** Goes to a place. */
export function go(parts: readonly string[], query: Readonly<Record<string, string>> = {}): void {
  location.hash = hrefOf(parts, query).slice(1);
}

/** Changes the query of the place without a new entry in the history. */
export function stay(query: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hrefOf(place.value.parts, query));
  place.value = placeNow();
}
