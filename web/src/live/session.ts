import { signal } from '@preact/signals';

const KEY = 'crossbook.token';

/** The token of this tab; gone with it, and never in an address or in lasting storage. Empty for none. */
export const token = signal(sessionStorage.getItem(KEY) ?? '');

/** Takes a token for this tab, or forgets it. */
export function keepToken(next: string): void {
  if (next === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, next);
  token.value = next;
}
