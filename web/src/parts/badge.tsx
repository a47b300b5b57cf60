import type { ComponentChildren, JSX } from 'preact';

/** How good what a badge says is; the words say it too. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

/** A short state in words. */
export function Badge({
  tone = 'plain',
  title,
  children,
}: {
  tone?: Tone;
  title?: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <span class="badge" data-tone={tone} title={title}>
      {children}
    </span>
  );
}
