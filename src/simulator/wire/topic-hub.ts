import type { BookStep } from '../world/sim-book.js';
import type { ExchangeFaults } from './faults.js';
import type { SocketClient, Topic } from './socket-client.js';

/** Who subscribes to what on one exchange; frames are written once per topic, whoever listens. */
export class TopicHub<State> {
  private readonly bySymbol = new Map<string, Map<string, Topic<State>>>();

  constructor(private readonly faults: ExchangeFaults) {}

  /** Adds a client to a topic, which is made when nobody listened before; false when the client had it already. */
  subscribe(client: SocketClient, symbol: string, key: string, makeState: () => State): Topic<State> | null {
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
    client.topics.delete(key);
    topic.clients.delete(client);
    if (topic.clients.size === 0) this.bySymbol.get(topic.symbol)?.delete(key);
    return true;
  }

  /** Takes a client off everything. */
  leave(client: SocketClient): void {
    for (const key of [...client.topics.keys()]) this.unsubscribe(client, key);
  }

  /** Ends the connections that listen to a symbol. */
  killListeners(symbol: string): void {
    for (const topic of this.bySymbol.get(symbol)?.values() ?? []) for (const client of topic.clients) client.kill();
  }

  /**
   * Sends a step to everyone who listens.
   *
   * @param step - What changed.
   * @param encode - Writes the frame of a topic, text or bytes, null when that topic has nothing to tell; `isCorrupt` asks
   * for a frame whose sequence or checksum is wrong.
   * @param stamp - Completes the frame for one client, lost or not, where frames are counted per connection.
   */
  publish(
    step: BookStep,
    encode: (topic: Topic<State>, isCorrupt: boolean) => string | Buffer | null,
    stamp?: (client: SocketClient, text: string, isCorrupt: boolean) => string,
  ): void {
    const symbol = step.book.listing.symbol;
    const topics = this.bySymbol.get(symbol);
    if (!topics || topics.size === 0) return;
    const isCorrupt = this.faults.take('corrupt', symbol);
    const isLost = this.faults.take('drop', symbol) || this.faults.isFrozen(symbol);
    for (const topic of topics.values()) {
      const written = encode(topic, isCorrupt);
      if (written === null) continue;
      const isText = typeof written === 'string';
      const shared = isText ? Buffer.from(written) : written;
      for (const client of topic.clients) {
        const frame = stamp && isText ? stamp(client, written, isCorrupt) : shared;
        if (!isLost) client.send(frame, !isText);
      }
    }
  }
}
