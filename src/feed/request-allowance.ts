import { MAX_OVER_RATE, MESSAGE_BURST, MESSAGES_PER_SECOND } from './feed-limits.js';

/**
 * Counts what one client sends: a bucket that refills with time, and the messages that were over it. Those are forgotten
 * when the bucket is half full again, that is after a pause: the one message that fits now and then between them shows
 * no patience.
 */
export class RequestAllowance {
  private left = MESSAGE_BURST;
  private over = 0;

  constructor(private filledAtMs: number) {}

  /**
   * Counts one message.
   *
   * @param nowMs - When it came.
   * @returns `ok`, `warn` for the first over the rate, `over` for the next ones, `close` when there is no end of them.
   */
  take(nowMs: number): 'ok' | 'warn' | 'over' | 'close' {
    const refill = ((nowMs - this.filledAtMs) / 1_000) * MESSAGES_PER_SECOND;
    this.left = Math.min(MESSAGE_BURST, this.left + refill);
    this.filledAtMs = nowMs;
    if (this.left >= MESSAGE_BURST / 2) this.over = 0;
    if (this.left >= 1) {
      this.left -= 1;
      return 'ok';
    }
    this.over += 1;
    if (this.over > MAX_OVER_RATE) return 'close';
    return this.over === 1 ? 'warn' : 'over';
  }
}
