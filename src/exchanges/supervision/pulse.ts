/** Silence this many times longer than the usual gap is no chance: for independent changes its odds are e⁻⁵⁰. */
const UNUSUAL_GAPS = 50;
/** Beats before a usual gap is spoken of. */
const LEAST_BEATS = 20;
/** Beats of a promised cadence that may be missing. */
const MISSING_BEATS = 10;

/**
 * Learns how often something changes, to tell a quiet market from a feed that stopped while its socket still answers
 * pings.
 */
export class Pulse {
  private beats = 0;
  private elapsedMs = 0;
  private lastMs: number | null = null;
  private isResting = true;

  /**
   * @param cadenceMs - The feed promises a beat at least this often, changed or not; null where it promises none.
   */
  constructor(private readonly cadenceMs: number | null = null) {}

  /** Notes a change; part of the hot path. */
  beat(atMs: number): void {
    // How long the first change takes, after a dial or a request, tells nothing of how often others come.
    if (!this.isResting) {
      this.elapsedMs += atMs - (this.lastMs as number);
      this.beats += 1;
    }
    this.isResting = false;
    this.lastMs = atMs;
  }

  /** Begins to wait anew, as after a reconnect; what was learnt stays. */
  rest(atMs: number): void {
    this.lastMs = atMs;
    this.isResting = true;
  }

  /** Milliseconds since the last change, or since it began to wait. */
  quietMs(nowMs: number): number {
    return this.lastMs === null ? 0 : nowMs - this.lastMs;
  }

  /**
   * Tells whether it has been silent for unusually long.
   *
   * @param nowMs - Our clock.
   * @param leastMs - Shorter silence is never unusual.
   */
  isSilent(nowMs: number, leastMs: number): boolean {
    return this.quietMs(nowMs) > Math.max(leastMs, this.bearableMs());
  }

  private bearableMs(): number {
    if (this.cadenceMs !== null) return MISSING_BEATS * this.cadenceMs;
    return this.beats < LEAST_BEATS ? Infinity : (UNUSUAL_GAPS * this.elapsedMs) / this.beats;
  }
}
