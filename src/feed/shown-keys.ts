import type { Filter } from './channel-source.js';
import type { FeedEvent, SnapshotItem } from './feed-event.js';

/**
 * Decides which events a subscriber hears of, and keeps which subjects it was shown.
 *
 * A subject that was shown is followed until it is gone, whatever its figures become; the end of one that was never
 * shown is not told. Bounded by the number of subjects alive, and empty for filters without figures.
 */
export class ShownKeys {
  private readonly shown: Set<string>;

  constructor(
    private readonly filter: Filter,
    shown: Iterable<string> = [],
  ) {
    this.shown = new Set(shown);
  }

  /** Whether the subscriber hears of this event; to be asked once per event, in order. */
  accepts(event: FeedEvent): boolean {
    if (!this.filter.concerns(event.subject)) return false;
    if (!this.filter.hasFigures) return true;
    if (event.kind === 'gone') return this.shown.delete(event.key);
    if (this.shown.has(event.key)) return true;
    if (!this.filter.matches(event.subject)) return false;
    this.shown.add(event.key);
    return true;
  }

  /** The part of a snapshot that the subscriber sees; it counts as shown from now on. */
  show(items: readonly SnapshotItem<unknown>[]): SnapshotItem<unknown>[] {
    const seen = items.filter(({ subject }) => this.filter.concerns(subject) && this.filter.matches(subject));
    this.shown.clear();
    if (this.filter.hasFigures) for (const { key } of seen) this.shown.add(key);
    return seen;
  }
}
