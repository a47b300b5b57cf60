import { effect, type Signal, signal } from '@preact/signals';

/** A choice of the user that the browser keeps; a value that it does not know is forgotten. */
export function kept<T>(name: string, initial: T, isValid: (value: unknown) => value is T): Signal<T> {
  const key = `crossbook.${name}`;
  const choice = signal<T>(read(key, initial, isValid));
  effect(() => {
    localStorage.setItem(key, JSON.stringify(choice.value));
  });
  return choice;
}

function read<T>(key: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return isValid(value) ? value : initial;
  } catch {
    // Somebody else's text under our name: as if nothing were kept.
    return initial;
  }
}

/** Tells whether a value is one of some words. */
export function oneOf<const T extends string>(...words: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => words.includes(value as T);
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isText = (value: unknown): value is string => typeof value === 'string';

/** Colours of the page. */
export const theme = kept('theme', 'system', oneOf('system', 'dark', 'light'));
/** Whose time the page shows. */
export const zone = kept('zone', 'utc', oneOf('utc', 'local'));

effect(() => {
  const root = document.documentElement;
  if (theme.value === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme.value;
});
