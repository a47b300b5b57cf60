import type { Secret } from '../../exchanges/index.js';
import type { Message } from '../alert.js';

/** How a target took an alert. */
export type Outcome =
  | { readonly isTaken: true }
  | {
      readonly isTaken: false;
      /** Whether the same may be taken later. */
      readonly isRetryable: boolean;
      /** The silence that the target asked for. */
      readonly retryAfterMs: number | null;
      /** What went wrong; never a secret. */
      readonly reason: string;
    };

/** The bounds of one attempt. */
export interface Attempt {
  readonly nowMs: number;
  readonly timeoutMs: number;
}

/** Tells one target. */
export interface Sender {
  /** What its secret is, for people; null where it needs none. */
  readonly secretIs: string | null;
  /** Says what is wrong with a secret, without repeating any of it; null where nothing is. */
  secretProblem(secret: string): string | null;
  /** Tries once; a target that does not take it is an outcome and no error. */
  send(message: Message, secret: Secret | null, attempt: Attempt): Promise<Outcome>;
}

/** It was taken. */
export const TAKEN: Outcome = { isTaken: true };

/** A failure after which the same may be taken later. */
export function later(reason: string, retryAfterMs: number | null = null): Outcome {
  return { isTaken: false, isRetryable: true, retryAfterMs, reason };
}

/** A failure that will not mend by itself. */
export function never(reason: string): Outcome {
  return { isTaken: false, isRetryable: false, retryAfterMs: null, reason };
}
