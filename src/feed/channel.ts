import type { ChannelSource } from './channel-source.js';
import { EventRing } from './event-ring.js';
import { type ChannelStep, FeedEvent } from './feed-event.js';
import { updateTail } from './frames.js';
import { replay } from './replay.js';
import type { Subscription } from './subscription.js';

/** Where a client that comes back stopped. */
export interface Since {
  readonly epoch: string;
  readonly seq: number;
}

/** A live channel: its position, its newest events and its subscribers. */
export class Channel {
  private seq = 0;
  private readonly ring: EventRing;
  private readonly subscribers = new Set<Subscription>();

  /**
   * @param source - Where events, snapshots and filters come from.
   * @param ringSize - Events kept for clients that come back.
   */
  constructor(
    readonly source: ChannelSource,
    ringSize: number,
  ) {
    this.ring = new EventRing(ringSize);
  }

  /** Gives the step its position and offers it to every subscriber; serialised once, when the first of them wants it. */
  publish(step: ChannelStep<unknown>, nowMs: number): void {
    this.seq += 1;
    const event = new FeedEvent(this.seq, step);
    this.ring.push(event);
    let text: string | null = null;
    const tail = (newest: FeedEvent): string => (text ??= updateTail([newest.json], nowMs));
    for (const subscriber of this.subscribers) subscriber.offer(event, nowMs, tail);
  }

  /**
   * Adds a subscriber and sends it the state of now, or what it missed.
   *
   * @param subscription - The subscriber.
   * @param since - Where it stopped, when it comes back.
   * @param epoch - The epoch of now; positions of another one mean nothing here.
   */
  join(subscription: Subscription, since: Since | undefined, epoch: string): void {
    const items = this.source.snapshot();
    const events = this.ring.events();
    const isCovered =
      since?.epoch === epoch && since.seq <= this.seq && (events[0]?.seq ?? this.seq + 1) <= since.seq + 1;
    const missed = isCovered ? replay(events, since.seq, items, subscription.request.filter) : null;
    this.subscribers.add(subscription);
    if (since && missed) subscription.beginWithMissed(missed.events, missed.shown, since.seq);
    else subscription.beginWithSnapshot(items, this.seq, since ? 'resync' : null);
  }

  leave(subscription: Subscription): void {
    this.subscribers.delete(subscription);
  }
}
