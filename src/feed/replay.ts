import type { Filter } from './channel-source.js';
import type { FeedEvent, SnapshotItem } from './feed-event.js';

/** What a subscriber missed, and which subjects it has been shown once it has received that. */
export interface Replay {
  readonly events: FeedEvent[];
  readonly shown: ReadonlySet<string>;
}

/** What is known of a subject at the position where the subscriber stopped. */
type Knowledge = 'shown' | 'hidden' | 'unknown';

/**
 * What one more event teaches about a subject, for a subscriber of whom only the filter and the position are known.
 *
 * A subject that matched once and no longer does may have been shown, or may have fallen below before the subscriber
 * came: nobody can tell any more.
 */
function learn(known: Knowledge | undefined, event: FeedEvent, filter: Filter): Knowledge {
  if (filter.matches(event.subject)) return 'shown';
  return event.kind === 'born' || known === 'hidden' ? 'hidden' : 'unknown';
}

function knowledgeAt(seq: number, ring: readonly FeedEvent[], filter: Filter): Map<string, Knowledge> {
  const known = new Map<string, Knowledge>();
  for (const event of ring) {
    if (event.seq > seq) break;
    if (event.kind === 'gone') known.delete(event.key);
    else known.set(event.key, learn(known.get(event.key), event, filter));
  }
  return known;
}

/** Walks the missed events on from what is known; null once it cannot be told whether the subscriber knows a subject. */
function follow(missed: readonly FeedEvent[], known: Map<string, Knowledge>, filter: Filter): FeedEvent[] | null {
  const told: FeedEvent[] = [];
  for (const event of missed) {
    const before = known.get(event.key) ?? (event.kind === 'born' ? 'hidden' : 'unknown');
    const shows = before === 'shown' || (event.kind !== 'gone' && filter.matches(event.subject));
    if (!shows && before === 'unknown') return null;
    if (shows) told.push(event);
    if (event.kind === 'gone') known.delete(event.key);
    else known.set(event.key, shows ? 'shown' : 'hidden');
  }
  return told;
}

/**
 * Works out what a subscriber missed since a position, knowing nothing of it but its filter.
 *
 * @param ring - The newest events of the channel, oldest first, without holes.
 * @param seq - The position up to which the subscriber has everything; all later events are in the ring.
 * @param alive - What the channel's snapshot holds now.
 * @param filter - The subscriber's filter.
 * @returns What it missed; null when only a new snapshot is sure to be right.
 */
export function replay(
  ring: readonly FeedEvent[],
  seq: number,
  alive: readonly SnapshotItem<unknown>[],
  filter: Filter,
): Replay | null {
  const concerned = ring.filter((event) => filter.concerns(event.subject));
  const missed = concerned.filter((event) => event.seq > seq);
  if (!filter.hasFigures) return { events: missed, shown: new Set() };

  const known = knowledgeAt(seq, concerned, filter);
  const events = follow(missed, known, filter);
  if (events === null) return null;
  const shown = new Set<string>();
  for (const { key, subject } of alive) {
    if (!filter.concerns(subject)) continue;
    const state = known.get(key) ?? (filter.matches(subject) ? 'shown' : 'unknown');
    if (state === 'unknown') return null;
    if (state === 'shown') shown.add(key);
  }
  return { events, shown };
}
