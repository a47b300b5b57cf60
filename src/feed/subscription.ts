import type { Filter } from './channel-source.js';
import type { Mode } from './client-message.js';
import type { Delivery } from './delivery.js';
import type { FeedEvent, SnapshotItem } from './feed-event.js';
import type { FeedCounters } from './feed-counters.js';
import { MAX_EVENTS_PER_MESSAGE } from './feed-limits.js';
import { frame, updateTail } from './frames.js';
import { Outbox } from './outbox.js';
import type { Replay } from './replay.js';
import { ShownKeys } from './shown-keys.js';

/** The connection that a subscription writes to. */
export interface Sender {
  /** Whether the client reads too slowly now, so that states are to be conflated. */
  readonly isCongested: boolean;
  readonly counters: FeedCounters;
  /** @param message - JSON, as text or as UTF-8 that many share. */
  send(message: string | Buffer, nowMs: number): void;
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
  /** What its filter takes in `list`. */
  readonly filterBytes: number;
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
    this.filterBytes = Buffer.byteLength(JSON.stringify(request.filter.applied));
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

  /** Writes the beginning with everything that is there now. */
  openWithSnapshot(
    items: readonly SnapshotItem<unknown>[],
    at: { readonly seq: number; readonly reason: 'resync' | null },
    nowMs: number,
  ): string {
    const data = this.shown.show(items).map(({ body }) => body);
    this.lastSeq = at.seq;
    const { seq, reason } = at;
    const fields = { channel: this.request.channel, sub: this.id, seq, ...(reason === null ? {} : { reason }), data };
    return frame('snapshot', fields, nowMs);
  }

  /** Writes the beginning where the client stopped, with what it missed: no message where that is nothing. */
  openWithMissed({ events, shown }: Replay, seq: number, nowMs: number): string[] {
    this.shown = new ShownKeys(this.request.filter, shown);
    this.lastSeq = seq;
    if (this.conflateMs === null) return this.updates(events, 0, nowMs);
    const outbox = new Outbox();
    for (const event of events) outbox.add(event);
    const kept = outbox.take();
    this.sender.counters.conflated += kept.skipped;
    return this.updates(kept.events, kept.skipped, nowMs);
  }

  /** Offers the newest event of the channel. */
  offer(delivery: Delivery): void {
    const { event } = delivery;
    if (!this.shown.accepts(event)) return;
    const { isCongested } = this.sender;
    if (this.conflateMs === null && this.outbox.size === 0 && !isCongested) {
      this.sender.send(delivery.messageFor(this.prefix, this.lastSeq), delivery.nowMs);
      this.lastSeq = event.seq;
      return;
    }
    this.outbox.add(event);
    if (isCongested || this.conflateMs === null) this.sender.awaitDrain();
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
    this.sender.counters.conflated += skipped;
    this.write(events, skipped);
  }

  /** Drops what waits; nothing is sent any more. */
  close(): void {
    if (this.window) clearTimeout(this.window);
    this.window = null;
    const { events, skipped } = this.outbox.take();
    this.sender.counters.conflated += skipped;
    this.sender.counters.dropped += events.length;
  }

  private write(events: readonly FeedEvent[], skipped: number): void {
    const nowMs = this.sender.nowMs();
    for (const text of this.updates(events, skipped, nowMs)) this.sender.send(text, nowMs);
  }

  /** Writes updates and moves the position on to the last of them. */
  private updates(events: readonly FeedEvent[], skipped: number, nowMs: number): string[] {
    const isConflated = this.conflateMs !== null || skipped > 0;
    const texts: string[] = [];
    for (let from = 0; from < events.length; from += MAX_EVENTS_PER_MESSAGE) {
      const part = events.slice(from, from + MAX_EVENTS_PER_MESSAGE);
      const seq = part.at(-1)?.seq ?? this.lastSeq;
      const skip = isConflated ? `,"skipped":${from === 0 ? skipped : 0}` : '';
      const jsons = part.map(({ json }) => json);
      texts.push(`${this.prefix}${seq},"prevSeq":${this.lastSeq}${skip}${updateTail(jsons, nowMs)}`);
      this.lastSeq = seq;
    }
    return texts;
  }
}
