import { DepthView, topLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { cryptocomRest } from './cryptocom-rest.js';
import { rowsOf } from './cryptocom-text.js';

const TYPES = ['SNAPSHOT', 'SNAPSHOT_AND_UPDATE'];
/** Steps between two whole books: two a second. */
const SNAPSHOT_EVERY = 5;
/** Channels that one connection may hold. */
const MOST_CHANNELS = 400;
/** Between two heartbeats; the first comes after a second or two, so that nobody waits for half a minute to see one. */
const HEARTBEAT_MS = 30_000;
/** Who does not answer a heartbeat for so long is cut off. */
const PATIENCE_MS = 5_000;

interface BookChannel {
  readonly channel: string;
  readonly depth: number;
  /** Null where whole books are sent. */
  readonly view: DepthView | null;
  steps: number;
}

interface Heartbeat {
  readonly id: number;
  isAnswered: boolean;
}

/**
 * crypto.com exchange v1: whole books twice a second, or a snapshot and deltas whose `pu` is the `u` before.
 *
 * The checksum `cs` of the real frames is left out: its recipe is not published.
 */
export class CryptocomWire implements ExchangeWire {
  readonly exchange = 'cryptocom';
  readonly hosts = ['api.crypto.com', 'stream.crypto.com'];
  private readonly hub: TopicHub<BookChannel>;
  private readonly heartbeats = new WeakMap<SocketClient, Heartbeat>();

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return cryptocomRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'stream.crypto.com' && path === '/exchange/v1/market';
  }

  open(): void {
    // The exchange says nothing before it is asked, but for its heartbeats.
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { id, method } = message;
    const refuse = (code: number, reason: string): void => {
      client.sendJson({ id, method, code, message: reason });
    };
    if (method === 'public/respond-heartbeat') {
      const heartbeat = this.heartbeats.get(client);
      if (heartbeat !== undefined && heartbeat.id === id) heartbeat.isAnswered = true;
    } else if (method === 'subscribe' || method === 'unsubscribe') {
      const params = isObject(message['params']) ? message['params'] : {};
      const fault = this.faultOf(client, params);
      if (fault !== null) refuse(40003, fault);
      else this.move(client, id, method, params);
    } else {
      refuse(40101, 'Method not found');
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  beat(client: SocketClient, nowMs: number): void {
    const last = this.heartbeats.get(client);
    if (last && !last.isAnswered && nowMs - last.id > PATIENCE_MS) client.kill();
    if (last && nowMs - last.id < HEARTBEAT_MS) return;
    const id = Math.floor(nowMs);
    this.heartbeats.set(client, { id, isAnswered: false });
    client.sendJson({ id, method: 'public/heartbeat', code: 0 });
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) => {
      const { state } = topic;
      state.steps += 1;
      if (!state.view) return state.steps % SNAPSHOT_EVERY === 0 ? snapshot(step.book, state) : null;
      const { bids, asks } = state.view.advance();
      return frame(step.book, state, 'book.update', {
        update: { asks: rowsOf(step.book, asks), bids: rowsOf(step.book, bids) },
        ...times(step.book),
        ...{ u: step.sequence, pu: step.previousSequence + (isCorrupt ? 7 : 0) },
      });
    });
  }

  // The settings are read from the names in the documents; others are passed over in silence, as with the exchange.
  private faultOf(client: SocketClient, params: Readonly<Record<string, unknown>>): string | null {
    const channels = stringsOf(params['channels']) ?? [];
    const type = params['book_subscription_type'] ?? 'SNAPSHOT';
    if (channels.length === 0 || channels.some((channel) => !this.locate(channel))) {
      return `invalid channel ${JSON.stringify({ channels })}`;
    }
    if (!TYPES.includes(type as string)) return 'invalid book_subscription_type';
    return client.topics.size + channels.length > MOST_CHANNELS ? 'too many channels' : null;
  }

  private locate(channel: string): { book: SimBook; depth: number } | null {
    const [, name = '', depth] = /^book\.(\w+)\.(10|50)$/.exec(channel) ?? [];
    const book = this.market.find(name);
    return book && { book, depth: Number(depth) };
  }

  private move(client: SocketClient, id: unknown, method: string, params: Readonly<Record<string, unknown>>): void {
    const hasUpdates = params['book_subscription_type'] === 'SNAPSHOT_AND_UPDATE';
    for (const channel of stringsOf(params['channels']) ?? []) {
      const found = this.locate(channel);
      if (!found) continue;
      client.sendJson({ id: id ?? -1, method, code: 0, channel });
      const { book, depth } = found;
      const keys = [`${channel} whole`, `${channel} changes`];
      for (const key of keys) this.hub.unsubscribe(client, key);
      if (method === 'unsubscribe') continue;
      const key = keys[hasUpdates ? 1 : 0] as string;
      const view = (): DepthView | null => (hasUpdates ? new DepthView(book, depth, 'deleted') : null);
      const topic = this.hub.subscribe(client, book.listing.symbol, key, () => ({
        ...{ channel, depth, view: view(), steps: 0 },
      }));
      if (topic) client.send(snapshot(book, topic.state));
    }
  }
}

function times({ timeMs }: SimBook): object {
  return { t: Math.floor(timeMs), tt: Math.floor(timeMs) - 1 };
}

function snapshot(book: SimBook, state: BookChannel): string {
  const side = (name: 'bids' | 'asks'): string[][] => rowsOf(book, topLevels(book[name], state.depth));
  return frame(book, state, 'book', { asks: side('asks'), bids: side('bids'), ...times(book), u: book.sequence });
}

function frame(book: SimBook, { channel: subscription, depth }: BookChannel, channel: string, data: object): string {
  const result = { instrument_name: book.listing.wireId, subscription, channel, depth, data: [data] };
  return JSON.stringify({ id: -1, method: 'subscribe', code: 0, result });
}
