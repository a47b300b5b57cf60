import type { AccountRegistry } from '../accounts/account-registry.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep } from '../world/sim-book.js';
import { binanceRest } from './binance-rest.js';
import { binanceStream, type BinanceStream } from './binance-streams.js';

/** Streams that one connection may hold, as documented by the exchange. */
const MOST_STREAMS = 1024;
const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS'];

/** binance spot: diff depth without a snapshot, which the client takes from REST. */
export class BinanceWire implements ExchangeWire {
  readonly exchange = 'binance';
  readonly hosts = [
    ...['api.binance.com', 'fapi.binance.com', 'dapi.binance.com', 'eapi.binance.com'],
    ...['stream.binance.com', 'data-stream.binance.vision'],
  ];
  private readonly hub: TopicHub<BinanceStream>;

  constructor(
    private readonly market: ExchangeMarket,
    private readonly accounts: AccountRegistry,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return binanceRest(request, this.market, this.accounts);
  }

  accepts(host: string, path: string): boolean {
    return host.includes('stream') && /^\/(ws|stream)(\/|$)/.test(path);
  }

  /** A stream may be named in the address: `/ws/btcusdt@depth` or `/stream?streams=a/b`. */
  open(client: SocketClient, query: URLSearchParams): void {
    const named = isCombined(client) ? (query.get('streams') ?? '') : client.path.replace(/^\/ws\/?/, '');
    for (const name of named.split('/')) if (name.includes('@')) this.subscribe(client, name);
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text);
    if (!message) {
      client.sendJson({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } });
      return;
    }
    const id = message['id'] ?? null;
    const names = stringsOf(message['params'] ?? []);
    const method = message['method'];
    const fault = faultOf(method, names, client.topics.size);
    if (fault !== null) {
      client.sendJson({ error: { code: 2, msg: `Invalid request: ${fault}` }, id });
      return;
    }
    const listed = [...client.topics.keys()].map((key) => key.replace(/^combined:/, ''));
    client.sendJson({ result: method === 'LIST_SUBSCRIPTIONS' ? listed : null, id });
    for (const name of names ?? []) {
      if (method === 'SUBSCRIBE') this.subscribe(client, name);
      else if (method === 'UNSUBSCRIBE') this.hub.unsubscribe(client, topicKey(client, name));
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) => {
      const text = topic.state(step, isCorrupt);
      if (text === null || !topic.key.startsWith('combined:')) return text;
      return `{"stream":"${topic.key.slice('combined:'.length)}","data":${text}}`;
    });
  }

  // A name that does not exist is acknowledged and stays silent, as with the exchange.
  private subscribe(client: SocketClient, name: string): void {
    const at = name.indexOf('@');
    const book = this.market.find(name.slice(0, at).toUpperCase());
    const stream = binanceStream(name.slice(at + 1));
    if (!book || !stream) return;
    this.hub.subscribe(client, book.listing.symbol, topicKey(client, name), () => stream);
  }
}

function faultOf(method: unknown, names: readonly string[] | null, held: number): string | null {
  if (typeof method !== 'string' || !METHODS.includes(method)) return `unknown variant, expected ${METHODS.join(', ')}`;
  if (!names || (method !== 'LIST_SUBSCRIPTIONS' && names.length === 0)) return 'params must be a list of stream names';
  return method === 'SUBSCRIBE' && held + names.length > MOST_STREAMS ? `at most ${MOST_STREAMS} streams` : null;
}

function isCombined(client: SocketClient): boolean {
  return client.path.startsWith('/stream');
}

function topicKey(client: SocketClient, name: string): string {
  return isCombined(client) ? `combined:${name}` : name;
}
