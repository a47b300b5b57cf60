import type { ComponentType } from 'preact';

/** A view of the page; a new one is one entry in the list of views. */
export interface View {
  /** First part of its address. */
  readonly id: string;
  readonly title: string;
  /** The key that opens it. */
  readonly shortcut: string;
  readonly show: ComponentType;
}
