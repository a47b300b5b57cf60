/** Longest cursor that is looked at; ours are about 80 characters, and never longer than this. */
const MAX_LENGTH = 1_024;

/**
 * Writes values as the opaque text of a cursor, which clients hand back.
 *
 * @param values - What a cursor holds.
 * @returns Characters that need no escaping in a URL.
 */
export function encodeOpaque(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * Reads the text of a cursor that a client handed back, and may have made up.
 *
 * @param text - The text.
 * @returns The values, not yet looked at; null when it is none of ours.
 */
export function decodeOpaque(text: string): unknown[] | null {
  if (text.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? (parsed as unknown[]) : null;
  } catch {
    return null;
  }
}
