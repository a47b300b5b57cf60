import type { ChannelSource } from './channel-source.js';
import { Delivery } from './delivery.js';
import { EventRing } from './event-ring.js';
import { type ChannelStep, FeedEvent } from './feed-event.js';
import { replay } from './replay.js';
import type { Subscription } from './subscription.js';

/** Where a client that comes back stopped. */
export interface Since {
  readonly epoch: string;
  readonly seq: number;
}

/** When somebody joins. */
interface Moment {
  readonly epoch: string;
  readonly nowMs: number;
}

/** A live channel: its position, its newest events and its subscribers. */
export class Channel {
  private seq: number;
  private readonly ring: EventRing | null;
  private readonly subscribers = new Set<Subscription>();

  /**
   * @param source - Where events, snapshots and filters come from.
   * @param ringSize - Events kept for clients that come back.
   * @param firstSeq - Where it begins to count. Where several services share an epoch, each begins somewhere else, so that a
   *   position of one is none of another, unless the source itself says which it is.
   */
  constructor(
    readonly source: ChannelSource,
    ringSize: number,
    firstSeq: number,
  ) {
    this.seq = firstSeq;
    this.ring = source.demand ? null : new EventRing(ringSize);
  }

  /** Subscriptions that are open. */
  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** Gives the step its position and offers it to every subscriber; serialised once, when the first of them wants it. */
  publish(step: ChannelStep<unknown>, nowMs: number): void {
    this.seq = step.position ?? this.seq + 1;
    const event = new FeedEvent(this.seq, step);
    this.ring?.push(event);
    const delivery = new Delivery(event, nowMs);
    for (const subscriber of this.subscribers) subscriber.offer(delivery);
  }

  /**
   * Adds a subscriber, once all that it begins with is written: whatever throws until then leaves no trace.
   *
   * @param subscription - The subscriber.
   * @param since - Where it stopped, when it comes back.
   * @param now - The epoch, positions of another one mean nothing here; and the time.
   * @returns The messages that it begins with: the state of now, or what it missed, possibly nothing.
   */
  join(subscription: Subscription, since: Since | undefined, { epoch, nowMs }: Moment): string[] {
    const { filter } = subscription.request;
    // What happened while nobody looked has no position of its own: the channel moves on, so that no `since` covers it.
    if (this.source.demand?.add(filter)) this.seq += 1;
    try {
      const opening = this.openingOf(subscription, since, { epoch, nowMs });
      this.subscribers.add(subscription);
      return opening;
    } catch (error) {
      this.source.demand?.remove(filter);
      throw error;
    }
  }

  leave(subscription: Subscription): void {
    if (this.subscribers.delete(subscription)) this.source.demand?.remove(subscription.request.filter);
  }

  private openingOf(subscription: Subscription, since: Since | undefined, { epoch, nowMs }: Moment): string[] {
    const { filter } = subscription.request;
    const items = this.source.snapshot(filter);
    const events = this.ring?.events() ?? [];
    const keptFrom = Math.min(this.ring?.keptFrom ?? Infinity, this.seq + 1);
    const isCovered = since?.epoch === epoch && since.seq <= this.seq && keptFrom <= since.seq + 1;
    const missed = isCovered ? replay(events, since.seq, items, filter) : null;
    if (since && missed) return subscription.openWithMissed(missed, since.seq, nowMs);
    return [subscription.openWithSnapshot(items, { seq: this.seq, reason: since ? 'resync' : null }, nowMs)];
  }
}
