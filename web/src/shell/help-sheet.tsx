import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { VIEWS } from '../views/views.js';
import { Sheet } from '../parts/sheet.js';

const isOpen = signal(false);

/** Shows the keyboard shortcuts. */
export function openHelp(): void {
  isOpen.value = true;
}

/** The keyboard shortcuts. */
export function HelpSheet(): JSX.Element {
  return (
    <Sheet isOpen={isOpen} title="Keyboard">
      <dl class="keys-list">
        {VIEWS.map(({ title, shortcut }) => [
          <dt>
            <kbd>{shortcut}</kbd>
          </dt>,
          <dd>{title}</dd>,
        ])}
        <dt>
          <kbd>j</kbd> <kbd>k</kbd>
        </dt>
        <dd>next and previous row of opportunities</dd>
        <dt>
          <kbd>Enter</kbd>
        </dt>
        <dd>open the row</dd>
        <dt>
          <kbd>p</kbd>
        </dt>
        <dd>pin the row</dd>
        <dt>
          <kbd>Space</kbd>
        </dt>
        <dd>pause the table, and go on</dd>
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>filter by symbol</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>close what is open; leave a field</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>this list</dd>
      </dl>
      <button onClick={() => (isOpen.value = false)}>Close</button>
    </Sheet>
  );
}
