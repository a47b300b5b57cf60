import type { KeyProbeFailureCode } from '../../contract/ports.js';

/** What the raw codes of one exchange mean for a key. */
export interface ErrorTable {
  /** Finds the exchange's code in a parsed answer; null when there is none. */
  codeOf(answer: Readonly<Record<string, unknown>>): string | null;
  /** Finds the exchange's own words. */
  messageOf(answer: Readonly<Record<string, unknown>>): string | null;
  readonly codes: Readonly<Record<string, KeyProbeFailureCode>>;
  /** What must be said beside the exchange's words, by code. */
  readonly remarks?: Readonly<Record<string, string>>;
}

/** A field as text, null when it is none. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
