import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep } from '../world/sim-book.js';
import { type MexcStream, mexcStream } from './mexc-frames.js';
import { mexcRest } from './mexc-rest.js';

/** Streams that one connection may hold, as documented by the exchange. */
const MOST_STREAMS = 30;
const SOCKETS = 'wbs-api.mexc.com';

/** mexc spot: changed levels in protobuf, without a snapshot, which the client takes from REST. */
export class MexcWire implements ExchangeWire {
  readonly exchange = 'mexc';
  readonly hosts = ['api.mexc.com', SOCKETS];
  private readonly hub: TopicHub<MexcStream>;

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return mexcRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === SOCKETS && path === '/ws';
  }

  open(): void {
    // The exchange says nothing before it is asked.
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const id = typeof message['id'] === 'number' ? message['id'] : 0;
    const names = stringsOf(message['params']) ?? [];
    switch (String(message['method']).toUpperCase()) {
      case 'PING':
        answer(client, id, 'PONG');
        return;
      case 'SUBSCRIPTION':
        answer(client, id, this.subscribe(client, names));
        return;
      case 'UNSUBSCRIPTION':
        for (const name of names) this.hub.unsubscribe(client, name);
        answer(client, id, names.join(','));
        return;
      default:
        client.sendJson({ id, code: 1, msg: 'the method is not known' });
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) => topic.state(topic.key, step, isCorrupt));
  }

  // What is blocked is told in words and with code 0; beyond the bound it is our guess that it is told so too.
  private subscribe(client: SocketClient, names: readonly string[]): string {
    const blocked = names.filter((name) => !this.join(client, name));
    if (blocked.length === 0) return names.join(',');
    const joined = names.filter((name) => !blocked.includes(name));
    const success = joined.length > 0 ? `Subscribed successful! [${joined.join(',')}]. ` : '';
    return `${success}Not Subscribed successfully! [${blocked.join(',')}].  Reason： Blocked! `;
  }

  private join(client: SocketClient, name: string): boolean {
    const stream = mexcStream(name);
    const book = stream && this.market.find(stream.wireId);
    if (!stream || !book || client.topics.size >= MOST_STREAMS) return false;
    this.hub.subscribe(client, book.listing.symbol, name, () => stream.write);
    return true;
  }
}

function answer(client: SocketClient, id: number, msg: string): void {
  client.sendJson({ id, code: 0, msg });
}
