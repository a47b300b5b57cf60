import type { Subscriber } from 'rxjs';
import type { ClientError } from './client.error.js';
import type { Channel, ChannelMessage, ServerMessage } from './wire.js';

/** What is asked of a channel. */
export interface SubscriptionRequest {
  readonly channel: Channel;
  readonly filter: object | undefined;
  readonly mode: 'all' | { readonly conflateMs: number };
}

/** One subscription over all connections that carry it. Each time that it is asked for anew it has another wire id. */
export class FeedSubscription {
  private generation = 0;
  private position: { readonly epoch: string; readonly seq: number } | null = null;
  /** Whether the last update was thinned although every one was asked for. */
  isBehind = false;

  constructor(
    private readonly name: string,
    private readonly request: SubscriptionRequest,
    private readonly out: Subscriber<ChannelMessage<Channel>>,
  ) {}

  /** Its name on the wire now. */
  get wireId(): string {
    return `${this.name}.${this.generation}`;
  }

  /** The message that asks for it, from the last known position on. */
  ask(): object {
    this.generation += 1;
    return {
      op: 'subscribe',
      id: this.wireId,
      channel: this.request.channel,
      mode: this.request.mode,
      ...(this.request.filter && { filter: this.request.filter }),
      ...(this.position && { since: this.position }),
    };
  }

  /**
   * Takes a snapshot or an update.
   *
   * @returns False where something before it is missing; it was then not told on.
   */
  take(message: ServerMessage, epoch: string): boolean {
    const { type, seq = 0, prevSeq } = message;
    if (type === 'update' && prevSeq !== this.position?.seq) return false;
    this.position = { epoch, seq };
    this.isBehind = this.request.mode === 'all' && (message.skipped ?? 0) > 0;
    this.out.next(message as unknown as ChannelMessage<Channel>);
    return true;
  }

  fail(error: ClientError): void {
    this.out.error(error);
  }

  complete(): void {
    this.out.complete();
  }
}
