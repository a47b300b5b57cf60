import { setTimeout as delay } from 'node:timers/promises';
import { type ConsumerMessages, DeliverPolicy, type JsMsg, type OrderedConsumerOptions } from '@nats-io/jetstream';
import type { Broker } from '../../platform/nats/index.js';

/** Two of these without a sign of the broker end a consumer: after a restart it knows nothing of ours, and says so to nobody. */
const HEARTBEAT_MS = 1_000;
/** A request for messages is made anew after so long. */
const REQUEST_MS = 10_000;
const PULL = { expires: REQUEST_MS, idle_heartbeat: HEARTBEAT_MS };
/** Between two attempts to read on, milliseconds. */
const RETRY_MS = 200;
/** What a consumer tells when it is over. The library's own remedy, a reset, does not bring it back on every server. */
const OVER: ReadonlySet<string> = new Set([
  ...['consumer_not_found', 'consumer_deleted', 'stream_not_found'],
  ...['heartbeats_missed', 'reset', 'no_responders'],
]);

/** Where to begin in a stream. */
export type Beginning =
  /** With what was told since then, epoch ms. */
  | { readonly sinceMs: number }
  /** With the newest message of each subject. */
  | 'newest';

/** Reads a stream in order, each message once, over broken connections and restarts of the broker. */
export class StreamReader {
  /** Resolves once all is read that was there at the beginning. */
  readonly caughtUp: Promise<void>;
  private isClosed = false;
  private messages: ConsumerMessages | null = null;
  /** Sequence of the last message that was taken. */
  private last = 0;
  private tellCaughtUp: () => void = () => undefined;

  private constructor(
    private readonly broker: Broker,
    private readonly stream: string,
    private readonly from: Beginning,
    private readonly take: (message: JsMsg) => void,
  ) {
    this.caughtUp = new Promise((resolve) => {
      this.tellCaughtUp = resolve;
    });
  }

  /**
   * Begins to read; a fault in what takes the messages ends the process, as any fault of ours does.
   *
   * @param broker - Where.
   * @param stream - Which.
   * @param from - Where to begin.
   * @param take - Takes each message.
   */
  static open(broker: Broker, stream: string, from: Beginning, take: (message: JsMsg) => void): StreamReader {
    const reader = new StreamReader(broker, stream, from, take);
    reader.run().catch((error: unknown) => {
      setImmediate(() => {
        throw error;
      });
    });
    return reader;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.messages?.close();
  }

  private async run(): Promise<void> {
    for (;;) {
      const begun = await this.begin();
      if (begun) await this.read(begun.messages, begun.pending);
      if (this.hasEnded()) return;
      await delay(RETRY_MS);
    }
  }

  private hasEnded(): boolean {
    return this.isClosed;
  }

  /** Null while the broker does not let us: it is asked again. */
  private async begin(): Promise<{ messages: ConsumerMessages; pending: number } | null> {
    try {
      const consumer = await this.broker.stream.consumers.get(this.stream, this.options());
      const { num_pending: pending } = await consumer.info();
      const messages = await consumer.consume(PULL);
      this.messages = messages;
      void this.watch(messages);
      return { messages, pending };
    } catch (error) {
      this.broker.noteTrouble(`${this.stream} cannot be read`, (error as Error).message);
      return null;
    }
  }

  private async read(messages: ConsumerMessages, pending: number): Promise<void> {
    let left = pending;
    if (left === 0) this.tellCaughtUp();
    for await (const message of messages) {
      if (this.isClosed) return;
      left -= 1;
      if (message.seq > this.last) {
        this.last = message.seq;
        this.take(message);
      }
      if (left === 0) this.tellCaughtUp();
    }
  }

  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) if (OVER.has(type)) messages.stop();
  }

  private options(): Partial<OrderedConsumerOptions> {
    const { from, last } = this;
    if (last > 0) return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last + 1 };
    if (from === 'newest') return { deliver_policy: DeliverPolicy.LastPerSubject };
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.sinceMs).toISOString() };
  }
}
