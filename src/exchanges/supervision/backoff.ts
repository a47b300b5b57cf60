/** How the waits between attempts grow. */
export interface BackoffOptions {
  /** Wait after the first failure, milliseconds. */
  readonly baseMs: number;
  /** The longest wait, milliseconds. */
  readonly capMs: number;
  /** A success that lasted this long forgets the failures before it, milliseconds. */
  readonly stableAfterMs: number;
}

/**
 * Waits between attempts: doubling from a base to a cap, each between half and the whole of its bound.
 *
 * The jitter keeps many connections that fell together from returning together; the cap bounds how long a healed
 * exchange is missed.
 */
export class Backoff {
  private failures = 0;
  private succeededAtMs: number | null = null;

  constructor(
    private readonly options: BackoffOptions,
    private readonly random: () => number = Math.random,
  ) {}

  /** Failures in a row. */
  get attempts(): number {
    return this.failures;
  }

  /** Notes that it works; the failures are forgotten only once that has lasted. */
  succeeded(nowMs: number): void {
    this.succeededAtMs ??= nowMs;
  }

  /** Notes a failure and says how long to wait, milliseconds. */
  failed(nowMs: number): number {
    if (this.succeededAtMs !== null && nowMs - this.succeededAtMs >= this.options.stableAfterMs) this.failures = 0;
    this.succeededAtMs = null;
    const bound = Math.min(this.options.capMs, this.options.baseMs * 2 ** Math.min(this.failures, 30));
    this.failures += 1;
    return bound * (0.5 + 0.5 * this.random());
  }
}
