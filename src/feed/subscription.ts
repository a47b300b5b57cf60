import type { Filter } from './channel-source.js';
import type { Mode } from './client-message.js';
import type { FeedEvent, SnapshotItem } from './feed-event.js';
import { MAX_EVENTS_PER_MESSAGE } from './feed-limits.js';
import { frame, updateTail } from './frames.js';
import { Outbox } from './outbox.js';
import { ShownKeys } from './shown-keys.js';

/** The connection that a subscription writes to. */
export interface Sender {
  /** Whether the client reads too slowly now, so that states are to be conflated. */
  readonly isCongested: boolean;
  send(text: string, nowMs: number): void;
  /** Asks to be flushed once the client has caught up. */
  awaitDrain(): void;
  nowMs(): number;
}

/** What a client asked for. */
export interface SubscriptionRequest {
  readonly id: string;
  readonly channel: string;
  readonly filter: Filter;
  readonly mode: Mode;
}

/** One subscription of one client: filter, conflation and position. */
export class Subscription {
  readonly id: string;
  private readonly prefix: string;
  private readonly conflateMs: number | null;
  private readonly outbox = new Outbox();
  private shown: ShownKeys;
  private lastSeq = 0;
  private window: NodeJS.Timeout | null = null;

  constructor(
    readonly request: SubscriptionRequest,
    private readonly sender: Sender,
  ) {
    this.id = request.id;
    this.conflateMs = request.mode === 'all' ? null : request.mode.conflateMs;
    this.shown = new ShownKeys(request.filter);
    this.prefix = `{"type":"update","channel":${JSON.stringify(request.channel)},"sub":${JSON.stringify(this.id)},"seq":`;
  }

  /** How the subscription is shown to its client. */
  get view(): object {
    const { channel, filter, mode } = this.request;
    return { sub: this.id, channel, filter: filter.applied, mode, seq: this.lastSeq };
  }

  /** Events that wait to be sent. */
  get waiting(): number {
    return this.outbox.size;
  }

  /** Begins with everything that is there now. */
  beginWithSnapshot(items: readonly SnapshotItem<unknown>[], seq: number, reason: 'resync' | null): void {
    const data = this.shown.show(items).map(({ body }) => body);
    this.lastSeq = seq;
    const fields = { channel: this.request.channel, sub: this.id, seq, ...(reason === null ? {} : { reason }), data };
    const nowMs = this.sender.nowMs();
    this.sender.send(frame('snapshot', fields, nowMs), nowMs);
  }

  /** Begins where the client stopped, with what it missed. */
  beginWithMissed(events: readonly FeedEvent[], shown: ReadonlySet<string>, seq: number): void {
    this.shown = new ShownKeys(this.request.filter, shown);
    this.lastSeq = seq;
    if (events.length === 0) return;
    if (this.conflateMs === null) {
      this.write(events, 0);
      return;
    }
    for (const event of events) this.outbox.add(event);
    this.flush();
  }

  /** Offers the newest event of the channel. */
  offer(event: FeedEvent, nowMs: number, tail: (event: FeedEvent) => string): void {
    if (!this.shown.accepts(event)) return;
    if (this.conflateMs === null && this.outbox.size === 0 && !this.sender.isCongested) {
      this.sender.send(`${this.prefix}${event.seq},"prevSeq":${this.lastSeq}${tail(event)}`, nowMs);
      this.lastSeq = event.seq;
      return;
    }
    this.outbox.add(event);
    if (this.sender.isCongested || this.conflateMs === null) this.sender.awaitDrain();
    // A beginning or an end does not wait for the window; what waits goes before it, so that positions only grow.
    else if (event.kind !== 'state') this.flush();
    else
      this.window ??= setTimeout(() => {
        this.flush();
      }, this.conflateMs);
  }

  /** Sends everything that waits; keeps it while the client is congested. */
  flush(): void {
    if (this.window) clearTimeout(this.window);
    this.window = null;
    if (this.outbox.size === 0) return;
    if (this.sender.isCongested) {
      this.sender.awaitDrain();
      return;
    }
    const { events, skipped } = this.outbox.take();
    this.write(events, skipped);
  }

  /** Drops what waits; nothing is sent any more. */
  close(): void {
    if (this.window) clearTimeout(this.window);
    this.window = null;
    this.outbox.take();
  }

  private write(events: readonly FeedEvent[], skipped: number): void {
    const nowMs = this.sender.nowMs();
    const isConflated = this.conflateMs !== null || skipped > 0;
    for (let from = 0; from < events.length; from += MAX_EVENTS_PER_MESSAGE) {
      const part = events.slice(from, from + MAX_EVENTS_PER_MESSAGE);
      const seq = part.at(-1)?.seq ?? this.lastSeq;
      const skip = isConflated ? `,"skipped":${from === 0 ? skipped : 0}` : '';
      const jsons = part.map(({ json }) => json);
      this.sender.send(`${this.prefix}${seq},"prevSeq":${this.lastSeq}${skip}${updateTail(jsons, nowMs)}`, nowMs);
      this.lastSeq = seq;
    }
  }
}
