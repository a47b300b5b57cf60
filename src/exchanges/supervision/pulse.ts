/** Silence this many times longer than the usual gap is no chance: for independent changes its odds are e⁻⁵⁰. */
const UNUSUAL_GAPS = 50;
/** Beats before a usual gap is spoken of. */
const LEAST_BEATS = 20;

/**
 * Learns how often something changes, to tell a quiet market from a feed that stopped while its socket still answers
 * pings.
 */
export class Pulse {
  private beats = 0;
  private elapsedMs = 0;
  private lastMs: number | null = null;

  /** Notes a change; part of the hot path. */
  beat(atMs: number): void {
    if (this.lastMs !== null) this.elapsedMs += atMs - this.lastMs;
    this.lastMs = atMs;
    this.beats += 1;
  }

  /** Begins to wait anew, as after a reconnect; what was learnt stays. */
  rest(atMs: number): void {
    this.lastMs = atMs;
  }

  /**
   * Tells whether it has been silent for unusually long.
   *
   * @param nowMs - Our clock.
   * @param leastMs - Shorter silence is never unusual.
   */
  isSilent(nowMs: number, leastMs: number): boolean {
    if (this.lastMs === null || this.beats < LEAST_BEATS) return false;
    const usualMs = this.elapsedMs / this.beats;
    return nowMs - this.lastMs > Math.max(leastMs, UNUSUAL_GAPS * usualMs);
  }
}
