import { counter, type SetMetric, Tally } from '../platform/metrics/index.js';
import { CLOSE_CODES } from './close-codes.js';

export const SENT = counter('crossbook_feed_messages_sent_total', 'Messages given to the sockets of feed clients');
export const RECEIVED = counter('crossbook_feed_messages_received_total', 'Messages that feed clients sent');
export const CONFLATED = counter(
  'crossbook_feed_events_conflated_total',
  'Events that a newer state of the same subject took the place of before they were sent',
);
export const DROPPED = counter(
  'crossbook_feed_events_dropped_total',
  'Events that waited for a client when its subscription ended',
);
export const CONNECTED = counter('crossbook_feed_clients_connected_total', 'Clients of the feed that connected');
export const CLOSED = counter(
  'crossbook_feed_clients_closed_total',
  'Clients of the feed that left, by close code',
  'code',
);

/** Codes of RFC 6455 and its registry, and from 4400 on our own; any other came from a client. */
const KNOWN_CODES: ReadonlySet<number> = new Set([
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015],
  ...Object.values(CLOSE_CODES),
]);

/** Counts what the feed does, in plain numbers: they are added to with every message. */
export class FeedCounters {
  sent = 0;
  received = 0;
  conflated = 0;
  dropped = 0;
  private connected = 0;
  private left = 0;
  private readonly closed = new Tally<'code'>(CLOSED);

  constructor() {
    // Told from the start on, as 0: the first closing is a step that `increase` sees.
    for (const code of Object.values(CLOSE_CODES)) this.closed.add({ code: String(code) }, 0);
  }

  /** Clients whose connection has not ended. */
  get clients(): number {
    return this.connected - this.left;
  }

  opened(): void {
    this.connected += 1;
  }

  /** @param code - With which the connection ended; one that nobody defined is told as `other`. */
  ended(code: number): void {
    this.left += 1;
    this.closed.add({ code: KNOWN_CODES.has(code) ? String(code) : 'other' });
  }

  tell(set: SetMetric): void {
    set(SENT, this.sent, {});
    set(RECEIVED, this.received, {});
    set(CONFLATED, this.conflated, {});
    set(DROPPED, this.dropped, {});
    set(CONNECTED, this.connected, {});
    this.closed.tell(set);
  }
}
