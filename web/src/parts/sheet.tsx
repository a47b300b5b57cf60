import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Signal } from '@preact/signals';

/** A dialog over the page: Escape closes it, focus stays in it and goes back afterwards. */
export function Sheet({
  isOpen,
  title,
  children,
}: {
  isOpen: Signal<boolean>;
  title: string;
  children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const wanted = isOpen.value;
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (wanted && !element.open) element.showModal();
    else if (!wanted && element.open) element.close();
  }, [wanted]);
  return (
    <dialog class="sheet" ref={dialog} aria-label={title} onClose={() => (isOpen.value = false)}>
      <h1>{title}</h1>
      {wanted && children}
    </dialog>
  );
}
