import type { Told } from './messages.js';
import type { Bell } from './ring.js';
import type { RingReader } from './ring-reader.js';

/** Records taken in one turn of the event loop, so that requests and timers have theirs: some milliseconds. */
const MOST_PER_TURN = 1_000;
/** A reader that is awake looks this often, milliseconds: a wake by message costs both threads more than a frame does. */
const LOOK_AGAIN_MS = 1;

/**
 * Reads the rings of all workers as one log, ordered by the time at which each record was made: after a stall both legs
 * of a route are as old as each other, and not one a backlog ahead of the other.
 */
export class RingDrain {
  private readonly readers = new Set<RingReader>();
  private isBehind = false;
  private timer: NodeJS.Timeout | undefined;

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

  /**
   * Takes what there is; what is too much for one turn is taken in the next. As long as there was something it looks
   * again after a moment without being woken, and sleeps once there was nothing.
   */
  run(): void {
    if (this.isBehind) return;
    clearTimeout(this.timer);
    const taken = this.takeAll();
    if (taken === 0) {
      this.bell.sleep();
      // What was written between the last look and the sleep rang no bell.
      if (this.earliest() === null) return;
    }
    this.bell.wake();
    if (taken < MOST_PER_TURN) {
      this.timer = setTimeout(() => {
        this.run();
      }, LOOK_AGAIN_MS);
      return;
    }
    this.isBehind = true;
    setImmediate(() => {
      this.isBehind = false;
      this.run();
    });
  }

  private takeAll(): number {
    let taken = 0;
    while (taken < MOST_PER_TURN && this.takeNext()) taken += 1;
    if (taken > 0) for (const reader of this.readers) reader.release();
    return taken;
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
