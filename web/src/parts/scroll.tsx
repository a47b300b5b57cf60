import type { ComponentChildren, JSX } from 'preact';

/** What is too wide for the window scrolls by itself, with the keyboard too, and the page stays. */
export function Scroll({
  label,
  isCapped = false,
  children,
}: {
  /** Tells what it holds. */
  label: string;
  /** Bounds its height. */
  isCapped?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={isCapped ? 'scroll capped' : 'scroll'} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
