import { type FrameFate, UNHARMED } from '../faults/frame-faults.js';
import type { BookStep } from '../world/sim-book.js';
import type { ExchangeFaults } from './faults.js';
import type { SocketClient, Topic } from './socket-client.js';

/** Who subscribes to what on one exchange; frames are written once per topic, whoever listens. */
export class TopicHub<State> {
  private readonly bySymbol = new Map<string, Map<string, Topic<State>>>();

  constructor(private readonly faults: ExchangeFaults) {}

  /**
   * Adds a client to a topic, which is made when nobody listened before; null when the client had it already. What is
   * held back for that client is forgotten: a snapshot that follows tells more.
   */
  subscribe(client: SocketClient, symbol: string, key: string, makeState: () => State): Topic<State> | null {
    client.forgetLane(key);
    if (client.topics.has(key)) return null;
    let topics = this.bySymbol.get(symbol);
    if (!topics) this.bySymbol.set(symbol, (topics = new Map<string, Topic<State>>()));
    let topic = topics.get(key);
    if (!topic) topics.set(key, (topic = { key, symbol, state: makeState(), clients: new Set() }));
    topic.clients.add(client);
    client.topics.set(key, topic);
    return topic;
  }

  /** Takes a client off a topic; false when it was not on it. */
  unsubscribe(client: SocketClient, key: string): boolean {
    const topic = client.topics.get(key);
    if (!topic) return false;
    client.forgetLane(key);
    client.topics.delete(key);
    topic.clients.delete(client);
    if (topic.clients.size === 0) this.bySymbol.get(topic.symbol)?.delete(key);
    return true;
  }

  /** Takes a client off everything. */
  leave(client: SocketClient): void {
    for (const key of [...client.topics.keys()]) this.unsubscribe(client, key);
  }

  /**
   * Sends a step to everyone who listens, as its faults allow.
   *
   * @param step - What changed.
   * @param encode - Writes the frame of a topic, text or bytes, or the texts that share the fate of one; null when that
   * topic has nothing to tell; `isCorrupt` asks for a frame whose sequence or checksum is wrong.
   * @param stamp - Completes a text for one client, lost or not, where frames are counted per connection; null where this
   * client gets none.
   */
  publish(
    step: BookStep,
    encode: (topic: Topic<State>, isCorrupt: boolean) => string | Buffer | readonly string[] | null,
    stamp?: (client: SocketClient, text: string, isCorrupt: boolean, topic: Topic<State>) => string | null,
  ): void {
    const symbol = step.book.listing.symbol;
    const topics = this.bySymbol.get(symbol);
    if (!topics || topics.size === 0) return;
    const { frames } = this.faults;
    const isCorrupt = frames.isCorrupting(symbol);
    let fate: FrameFate | null = null;
    for (const topic of topics.values()) {
      const written = encode(topic, isCorrupt);
      if (written === null) continue;
      // Steps without a frame do not count.
      fate ??= frames.take(symbol);
      const isBinary = Buffer.isBuffer(written);
      const texts = isBinary ? [] : typeof written === 'string' ? [written] : written;
      const shared = isBinary ? [written] : texts.map((text) => Buffer.from(text));
      for (const client of topic.clients) {
        const prepare = (): (() => void) => {
          const own = stamp && !isBinary ? texts.map((text) => stamp(client, text, isCorrupt, topic)) : shared;
          return () => {
            for (const frame of own) if (frame !== null) client.send(frame, isBinary);
          };
        };
        const lane = client.laneOf(topic.key, fate !== UNHARMED);
        if (lane) lane.send(prepare, fate);
        else prepare()();
      }
    }
  }
}
