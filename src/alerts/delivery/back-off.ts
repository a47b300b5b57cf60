/** A target that asks for a longer silence than this is asked again after it. */
const MAX_SILENCE_MS = 3_600_000;

/** How failures are followed by attempts. */
export interface BackOff {
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
}

/**
 * Returns how long to wait after a failure: doubling from attempt to attempt up to a bound, of which a random half is
 * taken off, so that what failed together is not tried together.
 *
 * @param attempt - How many attempts have failed, from 1.
 * @param random - From 0 up to 1.
 * @param askedMs - The silence that the target asked for, null where it asked for none.
 */
export function retryAfter(
  { firstRetryMs, maxRetryMs }: BackOff,
  attempt: number,
  random: number,
  askedMs: number | null = null,
): number {
  const full = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(attempt - 1, 40));
  const asked = Math.min(askedMs ?? 0, MAX_SILENCE_MS);
  return Math.max(asked, full / 2 + (full / 2) * random);
}
