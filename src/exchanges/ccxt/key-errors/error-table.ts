import type { KeyProbeFailureCode } from '../../contract/ports.js';

/** What the raw codes of one exchange mean for a key. */
export interface ErrorTable {
  /** Tells a refusal that ccxt does not notice; absent where it notices all. A list is an object by position. */
  readonly isRefusal?: (answer: Readonly<Record<string, unknown>>) => boolean;
  /** Finds the exchange's code in a parsed answer; null when there is none. */
  codeOf(answer: Readonly<Record<string, unknown>>): string | null;
  /** Finds the exchange's own words. */
  messageOf(answer: Readonly<Record<string, unknown>>): string | null;
  /** Finds the code and the words of an answer that is no JSON, in ccxt's message; null when there are none. */
  readonly plain?: (message: string) => { readonly rawCode: string; readonly words: string } | null;
  readonly codes: Readonly<Record<string, KeyProbeFailureCode>>;
  /** What must be said beside the exchange's words, by code: such a code may mean several things, an address too. */
  readonly remarks?: Readonly<Record<string, string>>;
}

/** A field as text, null when it is none. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** A field as an object, empty when it is none. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
