import type { FeedEvent } from './feed-event.js';

/**
 * Events of one subscription that wait, in order: every beginning and end, and of states only the newest per subject.
 *
 * Its owner bounds it: by the window of conflation, or by closing a client that stays behind.
 */
export class Outbox {
  private readonly entries = new Map<number, FeedEvent>();
  private readonly stateOf = new Map<string, number>();
  /** States that were superseded before they were sent, since the last `take`. */
  skipped = 0;

  get size(): number {
    return this.entries.size;
  }

  /** Adds the newest event; drops the waiting state of its subject that it makes obsolete. */
  add(event: FeedEvent): void {
    const obsolete = this.stateOf.get(event.key);
    if (obsolete !== undefined) {
      this.entries.delete(obsolete);
      this.stateOf.delete(event.key);
      this.skipped += 1;
    }
    if (event.kind === 'state') this.stateOf.set(event.key, event.seq);
    this.entries.set(event.seq, event);
  }

  /** Takes everything out, oldest first. */
  take(): { events: FeedEvent[]; skipped: number } {
    const taken = { events: [...this.entries.values()], skipped: this.skipped };
    this.entries.clear();
    this.stateOf.clear();
    this.skipped = 0;
    return taken;
  }
}
