/** Our clock. Injected, so that a test or a replay can say what time it is. */
export abstract class Clock {
  /** Epoch milliseconds with fractions, never going back. */
  abstract nowMs(): number;
}

const REANCHOR_AFTER_MS = 1_000;

/** The machine's clock with sub-millisecond steps; follows corrections of the wall clock, but never backwards. */
export class SystemClock extends Clock {
  private anchorMs = performance.timeOrigin;
  private anchoredAtMs = performance.now();
  private lastMs = 0;

  override nowMs(): number {
    const monotonic = performance.now();
    if (monotonic - this.anchoredAtMs > REANCHOR_AFTER_MS) {
      // Date.now() cuts the fraction off: half a millisecond on average.
      const drift = Date.now() + 0.5 - (this.anchorMs + monotonic);
      if (Math.abs(drift) > 2) this.anchorMs += drift;
      this.anchoredAtMs = monotonic;
    }
    this.lastMs = Math.max(this.lastMs, this.anchorMs + monotonic);
    return this.lastMs;
  }
}
