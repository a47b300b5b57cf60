import type { ComponentChildren, JSX } from 'preact';

/** A titled part of a view. */
export function Panel({
  title,
  side,
  children,
  wide = false,
}: {
  title: string;
  side?: ComponentChildren;
  children: ComponentChildren;
  /** Takes the whole width of a grid. */
  wide?: boolean;
}): JSX.Element {
  return (
    <section class={`panel${wide ? ' wide' : ''}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {side}
      </header>
      {children}
    </section>
  );
}

/** Says that there is nothing, and why or what to do. */
export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
