import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { bookOf } from './hyperliquid-book.js';
import { hyperliquidInfo } from './hyperliquid-info.js';

/** Steps between two books of a coin: the exchange waits at least half a second. */
const BOOK_EVERY = 5;

/** hyperliquid spot: whole books of twenty levels, twice a second, without sequence or checksum. */
export class HyperliquidWire implements ExchangeWire {
  readonly exchange = 'hyperliquid';
  readonly hosts = ['api.hyperliquid.xyz'];
  private readonly hub: TopicHub<{ steps: number }>;

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return hyperliquidInfo(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'api.hyperliquid.xyz' && path === '/ws';
  }

  open(): void {
    // The exchange says nothing before it is asked.
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { method, subscription } = message;
    const refuse = (reason: string): void => {
      client.sendJson({ channel: 'error', data: `${reason}: ${text}` });
    };
    if (method === 'ping') {
      client.sendJson({ channel: 'pong' });
      return;
    }
    const wanted = isObject(subscription) ? subscription : {};
    const book = this.market.find(String(wanted['coin']));
    if ((method !== 'subscribe' && method !== 'unsubscribe') || wanted['type'] !== 'l2Book') {
      refuse('Error parsing JSON into valid websocket request');
    } else if (!book) {
      refuse('Invalid subscription');
    } else if (method === 'subscribe') {
      this.subscribe(client, book, wanted, refuse);
    } else if (this.hub.unsubscribe(client, book.listing.wireId)) {
      client.sendJson({ channel: 'subscriptionResponse', data: { method, subscription: wanted } });
    } else {
      refuse('Already unsubscribed');
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, ({ state }) => (++state.steps % BOOK_EVERY === 0 ? frame(step.book) : null));
  }

  private subscribe(client: SocketClient, book: SimBook, wanted: object, refuse: (reason: string) => void): void {
    const { symbol, wireId } = book.listing;
    if (!this.hub.subscribe(client, symbol, wireId, () => ({ steps: 0 }))) {
      refuse('Already subscribed');
      return;
    }
    const subscription = { nSigFigs: null, mantissa: null, fast: false, ...wanted };
    client.sendJson({ channel: 'subscriptionResponse', data: { method: 'subscribe', subscription } });
    client.send(frame(book));
  }
}

function frame(book: SimBook): string {
  return JSON.stringify({ channel: 'l2Book', data: bookOf(book) });
}
