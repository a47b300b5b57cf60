import type { FeedEvent } from './feed-event.js';

/** The newest events of a channel, from which subscribers that come back are served. Bounded by its capacity. */
export class EventRing {
  private readonly slots: (FeedEvent | undefined)[];
  private next = 0;
  private count = 0;

  /** @param capacity - The most events kept. */
  constructor(private readonly capacity: number) {
    this.slots = new Array<FeedEvent | undefined>(capacity);
  }

  /** Adds an event in place of the oldest when full. */
  push(event: FeedEvent): void {
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
