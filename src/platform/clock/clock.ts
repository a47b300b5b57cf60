/** Our clock. Injected, so that a test or a replay can say what time it is. */
export abstract class Clock {
  /** Epoch milliseconds with fractions, never going back. */
  abstract nowMs(): number;
}

const REANCHOR_AFTER_MS = 1_000;

/** The machine's clock with sub-millisecond steps; follows corrections of the wall clock, but never backwards. */
export class SystemClock extends Clock {
  private anchorMs = Date.now() - performance.now();
  private anchoredAtMs = performance.now();
  private lastMs = 0;

  override nowMs(): number {
    const monotonic = performance.now();
    if (monotonic - this.anchoredAtMs > REANCHOR_AFTER_MS) {
      const drift = Date.now() - (this.anchorMs + monotonic);
      if (Math.abs(drift) > 2) this.anchorMs += drift;
      this.anchoredAtMs = monotonic;
    }
    this.lastMs = Math.max(this.lastMs, this.anchorMs + monotonic);
    return this.lastMs;
  }
}
