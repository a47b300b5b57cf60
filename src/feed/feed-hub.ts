import { catchError, EMPTY, map, merge, type Observable, type Subscription as RxSubscription } from 'rxjs';
import type { OpportunityFeed } from '../detection/index.js';
import type { Access, AccessPolicy } from '../platform/auth/index.js';
import type { Clock } from '../platform/clock/index.js';
import { commandText, type Settings } from '../platform/config/index.js';
import { shownValue } from '../platform/http/index.js';
import type { Log } from '../platform/logging/index.js';
import { Channel } from './channel.js';
import type { ChannelSource } from './channel-source.js';
import type { SubscribeMessage } from './client-message.js';
import type { ChannelStep } from './feed-event.js';
import type { FeedCounters } from './feed-counters.js';
import { FeedFault } from './feed.errors.js';
import { frame } from './frames.js';
import type { Session } from './session.js';
import { Subscription } from './subscription.js';
import { TokenGuesses } from './token-guesses.js';

/** What the hub needs of its surroundings. */
export interface HubParts {
  readonly sources: readonly ChannelSource[];
  readonly feed: Pick<OpportunityFeed, 'epoch'>;
  readonly access: AccessPolicy;
  readonly settings: Pick<Settings['feed'], 'ringSize'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: FeedCounters;
  /** Where channels begin to count. */
  readonly firstSeq: number;
}

/** Joins sessions with channels: publishes what the sources tell, and serves subscribe and unsubscribe. */
export class FeedHub {
  /** What was done so far, for the metrics. */
  readonly counters: FeedCounters;
  /** Wrong tokens, of the door and of messages together. */
  readonly guesses = new TokenGuesses();
  private readonly channels: ReadonlyMap<string, Channel>;
  private flow: RxSubscription | null = null;

  constructor(private readonly parts: HubParts) {
    this.counters = parts.counters;
    this.channels = new Map(
      parts.sources.map(
        (source) =>
          [
            source.name,
            new Channel(source, parts.settings.ringSize, source.isPlaced === true ? 0 : parts.firstSeq),
          ] as const,
      ),
    );
  }

  /** The run of the detector; positions are valid within it. */
  get epoch(): string {
    return this.parts.feed.epoch;
  }

  /** Open subscriptions of each channel. */
  subscriptionCounts(): [string, number][] {
    return [...this.channels].map(([name, channel]) => [name, channel.subscriberCount]);
  }

  /** Begins to listen to the sources. */
  start(): void {
    const flows = [...this.channels.values()].map((channel) => this.stepsOf(channel));
    this.flow = merge(...flows).subscribe({
      next: ({ channel, step }) => {
        channel.publish(step, this.parts.clock.nowMs());
      },
      error: (error: unknown) => {
        this.logBroken('all', error);
      },
    });
  }

  /** Stops listening. */
  stop(): void {
    this.flow?.unsubscribe();
    this.flow = null;
  }

  /**
   * Subscribes a session to a channel: acknowledges, then sends the snapshot or what was missed. One step: whatever the
   * source has to tell is read before anything is acknowledged, so that a fault leaves neither a word nor a subscription.
   *
   * @throws {FeedFault} If the channel, the filter or the id is wrong, or the session lacks the scope.
   */
  subscribe(session: Session, message: SubscribeMessage): void {
    const { id, mode } = message;
    const channel = this.channels.get(message.channel);
    if (!channel) {
      const known = [...this.channels.keys()].join(', ');
      throw new FeedFault('unknown_channel', `channel must be one of ${known}, was ${shownValue(message.channel)}`, id);
    }
    session.assertRoomFor(id);
    this.assertScope(session.access, channel.source, id);
    const filter = this.filterOf(channel.source, message);
    const subscription = new Subscription({ id, channel: channel.source.name, filter, mode }, session);
    session.assertFilterFits(subscription);
    const nowMs = session.nowMs();
    const acknowledgement = frame(
      'subscribed',
      { id, channel: channel.source.name, filter: filter.applied, mode },
      nowMs,
    );
    const opening = channel.join(subscription, message.since, { epoch: this.epoch, nowMs });
    session.add(subscription, channel);
    for (const text of [acknowledgement, ...opening]) session.send(text, nowMs);
  }

  private stepsOf(channel: Channel): Observable<{ channel: Channel; step: ChannelStep<unknown> }> {
    return channel.source.steps$.pipe(
      map((step) => ({ channel, step })),
      catchError((error: unknown) => {
        // Sources turn their troubles into data, so this is a fault of ours; the other channels live on.
        this.logBroken(channel.source.name, error);
        return EMPTY;
      }),
    );
  }

  private logBroken(channel: string, error: unknown): void {
    this.parts.log.error('a channel of the live feed broke and stays silent until a restart', {
      channel,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  private filterOf(source: ChannelSource, message: SubscribeMessage): ReturnType<ChannelSource['filter']> {
    try {
      return source.filter(message.filter);
    } catch (error) {
      throw error instanceof FeedFault ? new FeedFault(error.code, error.message, message.id) : error;
    }
  }

  private assertScope(access: Access, { name, scope }: ChannelSource, id: string): void {
    const refusal = this.parts.access.refusal(access, scope);
    if (!refusal) return;
    if (refusal.status === 403) throw new FeedFault('scope', `channel ${name}: ${refusal.detail}`, id);
    const remedy = `send {"op":"auth","token":"…"} first; ${commandText('tokens create')} makes one`;
    throw new FeedFault('unauthenticated', `channel ${name} needs a token with the scope ${scope}: ${remedy}`, id);
  }
}
