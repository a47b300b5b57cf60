import type { Told } from './messages.js';
import type { Bell } from './ring.js';
import type { RingReader } from './ring-reader.js';

/** Records taken in one turn of the event loop, so that requests and timers have theirs: some milliseconds. */
const MOST_PER_TURN = 1_000;

/**
 * Reads the rings of all workers as one log, ordered by the time at which each record was made: after a stall both legs
 * of a route are as old as each other, and not one a backlog ahead of the other.
 */
export class RingDrain {
  private readonly readers = new Set<RingReader>();
  private isDue = false;

  /**
   * @param bell - How writers learn that nobody looks.
   * @param take - Takes what is told, synchronously.
   */
  constructor(
    private readonly bell: Bell,
    private readonly take: (told: Told) => void,
  ) {
    bell.sleep();
  }

  add(reader: RingReader): void {
    this.readers.add(reader);
  }

  /** Forgets a ring with whatever is left in it. */
  remove(reader: RingReader): void {
    this.readers.delete(reader);
  }

  /** Takes what there is; what is too much for one turn is taken in the next. */
  run(): void {
    if (this.isDue) return;
    let left = MOST_PER_TURN;
    do {
      this.bell.wake();
      while (left > 0 && this.takeNext()) left -= 1;
      if (left === 0) break;
      this.bell.sleep();
      // What was written between the last look and the sleep rang no bell.
    } while (this.earliest() !== null);
    for (const reader of this.readers) reader.release();
    if (left > 0) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.run();
    });
  }

  private takeNext(): boolean {
    const reader = this.earliest();
    const told = reader?.next();
    if (told) this.take(told);
    return reader !== null;
  }

  private earliest(): RingReader | null {
    let earliest: RingReader | null = null;
    let atMs = Infinity;
    for (const reader of this.readers) {
      const nextAtMs = reader.nextAtMs;
      if (nextAtMs >= atMs) continue;
      earliest = reader;
      atMs = nextAtMs;
    }
    return earliest;
  }
}
