import { isTyping } from '../parts/typing.js';
import { go } from '../router.js';
import { VIEWS } from '../views/views.js';

/**
 * Listens for the keys that work everywhere.
 *
 * @param help - Shows them.
 * @returns Stops listening.
 */
export function onShortcut(help: () => void): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && event.target instanceof HTMLInputElement) event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const view = VIEWS.find(({ shortcut }) => shortcut === event.key);
    if (view) go([view.id]);
    else if (event.key === '?') help();
  };
  addEventListener('keydown', listen);
  return () => {
    removeEventListener('keydown', listen);
  };
}
