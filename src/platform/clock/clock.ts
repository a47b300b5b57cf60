/** Our clock. Injected, so that a test or a replay can say what time it is. */
export abstract class Clock {
  /** Epoch milliseconds with fractions, never going back. */
  abstract nowMs(): number;
}

const REANCHOR_AFTER_MS = 1_000;

/**
 * The machine's clock with sub-millisecond steps; follows corrections of the wall clock, but never backwards.
 *
 * Where the wall clock was set back it runs at half speed until it has been caught up with: a clock that stood still
 * meanwhile would let no book grow stale and no opportunity close.
 */
export class SystemClock extends Clock {
  private anchorMs = performance.timeOrigin;
  private anchoredAtMs = performance.now();
  private lastMs = 0;

  override nowMs(): number {
    const monotonic = performance.now();
    if (monotonic - this.anchoredAtMs > REANCHOR_AFTER_MS) {
      // Date.now() cuts the fraction off: half a millisecond on average.
      const drift = Date.now() + 0.5 - (this.anchorMs + monotonic);
      const mostBack = (monotonic - this.anchoredAtMs) / 2;
      if (Math.abs(drift) > 2) this.anchorMs += Math.max(drift, -mostBack);
      this.anchoredAtMs = monotonic;
    }
    this.lastMs = Math.max(this.lastMs, this.anchorMs + monotonic);
    return this.lastMs;
  }
}
