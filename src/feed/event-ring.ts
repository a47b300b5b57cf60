import type { FeedEvent } from './feed-event.js';

/** The newest events of a channel, from which subscribers that come back are served. Bounded by its capacity. */
export class EventRing {
  private readonly slots: (FeedEvent | undefined)[];
  private next = 0;
  private count = 0;
  private fromSeq = Infinity;

  /** @param capacity - The most events kept. */
  constructor(private readonly capacity: number) {
    this.slots = new Array<FeedEvent | undefined>(capacity);
  }

  /** Everything at this position and behind it is kept; Infinity before the first event. */
  get keptFrom(): number {
    return this.fromSeq;
  }

  /** Adds an event in place of the oldest when full. */
  push(event: FeedEvent): void {
    const gone = this.slots[this.next];
    if (gone) this.fromSeq = gone.seq + 1;
    else if (this.count === 0) this.fromSeq = event.seq;
    this.slots[this.next] = event;
    this.next = (this.next + 1) % this.capacity;
    this.count = Math.min(this.count + 1, this.capacity);
  }

  /** All that are kept, oldest first. */
  events(): FeedEvent[] {
    const ordered =
      this.count < this.capacity
        ? this.slots.slice(0, this.count)
        : [...this.slots.slice(this.next), ...this.slots.slice(0, this.next)];
    return ordered.filter((event) => event !== undefined);
  }
}
