import { topLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { findProduct } from './coinbase-products.js';
import { coinbaseRest } from './coinbase-rest.js';
import { coinbaseTime, levelEvent } from './coinbase-text.js';

/** What one connection has been told. */
interface Connection {
  /** Counts every frame of the connection, whatever its channel. */
  sequence: number;
  heartbeats: number | null;
}

/** coinbase Advanced Trade: whole books, then changes, every frame of a connection counted by `sequence_num`. */
export class CoinbaseWire implements ExchangeWire {
  readonly exchange = 'coinbase';
  readonly hosts = ['api.coinbase.com', 'advanced-trade-ws.coinbase.com'];
  private readonly hub: TopicHub<SimBook>;
  private readonly connections = new Map<SocketClient, Connection>();

  constructor(
    private readonly market: ExchangeMarket,
    private readonly faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return coinbaseRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'advanced-trade-ws.coinbase.com' && path === '/';
  }

  open(client: SocketClient): void {
    this.connections.set(client, { sequence: 0, heartbeats: null });
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { type, channel } = message;
    const connection = this.connections.get(client);
    if (!connection) return;
    if (type !== 'subscribe' && type !== 'unsubscribe') {
      fail(client, 'type is not supported');
    } else if (channel === 'heartbeats') {
      connection.heartbeats = type === 'subscribe' ? (connection.heartbeats ?? 0) : null;
      this.confirm(client, connection);
    } else if (channel === 'level2') {
      this.take(client, connection, type, stringsOf(message['product_ids']) ?? []);
    } else {
      fail(client, 'channel is not supported');
    }
  }

  leave(client: SocketClient): void {
    this.connections.delete(client);
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    const { book, timeMs } = step;
    const sideOf = (side: 'bid' | 'ask'): BookStep['changes'] => step.changes.filter((change) => change.side === side);
    this.hub.publish(
      step,
      () => levelEvent(book.listing, 'update', [sideOf('bid'), sideOf('ask')], timeMs),
      (client, event, isCorrupt) => this.envelope(client, 'l2_data', timeMs, event, isCorrupt ? 1 : 0),
    );
  }

  /** One heartbeat a second to those who asked for them. */
  beat(client: SocketClient, nowMs: number): void {
    const connection = this.connections.get(client);
    if (typeof connection?.heartbeats !== 'number') return;
    connection.heartbeats += 1;
    const time = coinbaseTime(nowMs).replace('T', ' ').replace('Z', ' +0000 UTC');
    const event = `{"current_time":"${time}","heartbeat_counter":"${connection.heartbeats}"}`;
    const frame = this.envelope(client, 'heartbeats', nowMs, event);
    if (!this.faults.isFrozen(null)) client.send(frame);
  }

  private take(
    client: SocketClient,
    connection: Connection,
    type: 'subscribe' | 'unsubscribe',
    productIds: readonly string[],
  ): void {
    const books = productIds.map((id) => findProduct(this.market, id));
    const missing = books.indexOf(null);
    if (books.length === 0 || missing >= 0) {
      fail(client, `${productIds[missing] ?? 'product_ids'} is not a valid product`);
      return;
    }
    for (const book of books) {
      if (!book) continue;
      const { symbol, wireId } = book.listing;
      if (type === 'unsubscribe') this.hub.unsubscribe(client, wireId);
      else if (this.hub.subscribe(client, symbol, wireId, () => book)) this.sendSnapshot(client, book);
    }
    this.confirm(client, connection);
  }

  private sendSnapshot(client: SocketClient, book: SimBook): void {
    const levels = [topLevels(book.bids, Infinity), topLevels(book.asks, Infinity)] as const;
    const event = levelEvent(book.listing, 'snapshot', levels, book.timeMs);
    client.send(this.envelope(client, 'l2_data', book.timeMs, event));
  }

  private confirm(client: SocketClient, connection: Connection): void {
    const subscriptions = {
      ...(client.topics.size > 0 ? { level2: [...client.topics.keys()] } : {}),
      ...(connection.heartbeats === null ? {} : { heartbeats: ['heartbeats'] }),
    };
    client.send(this.envelope(client, 'subscriptions', this.now(), JSON.stringify({ subscriptions })));
  }

  // A fault shifts the number that is shown, not the count.
  private envelope(client: SocketClient, channel: string, timeMs: number, event: string, fault = 0): string {
    const connection = this.connections.get(client);
    const sequence = connection?.sequence ?? 0;
    if (connection) connection.sequence += 1;
    return (
      `{"channel":"${channel}","client_id":"","timestamp":"${coinbaseTime(timeMs)}",` +
      `"sequence_num":${sequence + fault},"events":[${event}]}`
    );
  }
}

function fail(client: SocketClient, message: string): void {
  client.sendJson({ type: 'error', message });
}
