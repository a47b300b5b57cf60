/** How long a sample counts, milliseconds. */
const WINDOW_MS = 60_000;
const BUCKETS = 12;
const BUCKET_MS = WINDOW_MS / BUCKETS;

/**
 * Estimates how far an exchange's clock is from ours: the least `received − exchange time` of the last minute.
 *
 * The least, because a frame can be delayed but never arrive early, so the smallest difference holds the least
 * network delay (the reasoning of NTP's clock filter, RFC 5905 section 10). Bounded: 12 buckets of 5 seconds.
 */
export class ClockOffset {
  private readonly least = new Float64Array(BUCKETS).fill(Infinity);
  private bucket = 0;
  private bucketEndsAtMs = -Infinity;
  private current = Infinity;

  /** @returns Ours minus theirs in milliseconds, network delay at its least included; null before a timed frame. */
  get valueMs(): number | null {
    return this.current === Infinity ? null : this.current;
  }

  /**
   * Takes one timed frame.
   *
   * @param receivedAtMs - Our clock when it arrived; never goes back.
   * @param exchangeTimeMs - The time that the frame carries.
   */
  add(receivedAtMs: number, exchangeTimeMs: number): void {
    if (receivedAtMs >= this.bucketEndsAtMs) this.turn(receivedAtMs);
    const difference = receivedAtMs - exchangeTimeMs;
    if (difference < (this.least[this.bucket] as number)) this.least[this.bucket] = difference;
    if (difference < this.current) this.current = difference;
  }

  private turn(receivedAtMs: number): void {
    const first = this.bucketEndsAtMs === -Infinity;
    const steps = first ? BUCKETS : Math.floor((receivedAtMs - this.bucketEndsAtMs) / BUCKET_MS) + 1;
    for (let step = 0; step < Math.min(steps, BUCKETS); step++) {
      this.bucket = (this.bucket + 1) % BUCKETS;
      this.least[this.bucket] = Infinity;
    }
    this.bucketEndsAtMs = first ? receivedAtMs + BUCKET_MS : this.bucketEndsAtMs + steps * BUCKET_MS;
    this.current = Infinity;
    for (const value of this.least) if (value < this.current) this.current = value;
  }
}
