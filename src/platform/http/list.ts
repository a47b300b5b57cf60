/** What every list answers. */
export interface ListEnvelope<T> {
  readonly data: readonly T[];
  /** Opaque; give it back as `cursor` to read on. */
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

/**
 * Wraps the items of a list.
 *
 * @param data - The items of this page.
 * @param nextCursor - Where the next page begins; null on the last one.
 * @returns The envelope.
 */
export function listOf<T>(data: readonly T[], nextCursor: string | null = null): ListEnvelope<T> {
  return { data, nextCursor, hasMore: nextCursor !== null };
}
