import { SystemClock } from '../../src/platform/clock/index.js';

/** The machine's clock, put forward or back as a test says: a day passes at once. */
export class MovableClock extends SystemClock {
  /** @param offsetMs - Milliseconds by which it is ahead of the machine's. */
  constructor(private offsetMs = 0) {
    super();
  }

  override nowMs(): number {
    return super.nowMs() + this.offsetMs;
  }

  advance(ms: number): void {
    this.offsetMs += ms;
  }
}
