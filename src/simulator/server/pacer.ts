/** Books are spread over so many moments of a tick, so that not all frames leave at once. */
export const SLOTS_PER_TICK = 5;
/** After a longer pause of the process the missed steps are not made up for. */
const MOST_BEHIND_MS = 500;

/** Calls `onSlot` at a steady rate, `SLOTS_PER_TICK` times per tick, without drifting away from the clock. */
export class Pacer {
  private timer: NodeJS.Timeout | null = null;
  private dueMs = 0;
  private slot = 0;

  constructor(
    private readonly tickMs: number,
    private readonly now: () => number,
    private readonly onSlot: (slot: number) => void,
  ) {}

  /** Begins with slot 0. */
  start(): void {
    this.dueMs = this.now();
    this.schedule();
  }

  /** Ends it. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(): void {
    this.timer = setTimeout(
      () => {
        this.run();
        this.schedule();
      },
      Math.max(0, this.dueMs - this.now()),
    );
  }

  private run(): void {
    if (this.now() - this.dueMs > MOST_BEHIND_MS) this.dueMs = this.now();
    while (this.dueMs <= this.now()) {
      this.onSlot(this.slot);
      this.slot = (this.slot + 1) % SLOTS_PER_TICK;
      this.dueMs += this.tickMs / SLOTS_PER_TICK;
    }
  }
}
