import { randomBytes } from 'node:crypto';
import { topLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { failure, kucoinRest, reply } from './kucoin-rest.js';
import { levelOf } from './kucoin-text.js';

const CHANNELS = ['/market/level2', '/spotMarket/level2Depth5', '/spotMarket/level2Depth50'];
/** Symbols that one topic may name, as documented by the exchange. */
const MOST_SYMBOLS = 100;
/** Tokens that are remembered; the oldest are forgotten first. */
const MOST_TOKENS = 1_000;
const ENDPOINT = 'wss://ws-api-spot.kucoin.com/';

/** kucoin spot: an address with a token by REST, then deltas over a range of sequences, or whole books of 5 or 50. */
export class KucoinWire implements ExchangeWire {
  readonly exchange = 'kucoin';
  readonly hosts = ['api.kucoin.com', 'api-futures.kucoin.com', 'ws-api-spot.kucoin.com'];
  private readonly hub: TopicHub<string>;
  private readonly tokens = new Set<string>();

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return request.path === '/api/v1/bullet-public' ? this.bullet(request) : kucoinRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'ws-api-spot.kucoin.com' && path === '/';
  }

  /** Each token opens one connection; a used or unknown one is refused with an error frame. */
  open(client: SocketClient, query: URLSearchParams): void {
    if (this.tokens.delete(query.get('token') ?? '')) {
      client.sendJson({ id: query.get('connectId') ?? client.id, type: 'welcome' });
      return;
    }
    client.sendJson({ id: query.get('connectId') ?? client.id, type: 'error', code: 401, data: 'token is invalid' });
    client.close(1000, 'token is invalid');
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { id, type } = message;
    if (type === 'ping') client.sendJson({ id, type: 'pong' });
    else if (type === 'subscribe' || type === 'unsubscribe') this.move(client, message, type);
    else client.sendJson({ id, type: 'error', code: 415, data: 'type is not supported' });
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) =>
      topic.state === '/market/level2' ? delta(topic.key, step, isCorrupt) : whole(topic.key, step.book),
    );
  }

  private move(
    client: SocketClient,
    { id, topic, response }: Readonly<Record<string, unknown>>,
    type: 'subscribe' | 'unsubscribe',
  ): void {
    const [channel = '', names = ''] = typeof topic === 'string' ? topic.split(':') : [];
    const books = names.split(',').map((name) => this.market.find(name));
    if (!CHANNELS.includes(channel) || books.length > MOST_SYMBOLS || books.includes(null)) {
      client.sendJson({ id, type: 'error', code: 404, data: `topic ${String(topic)} is not found` });
      return;
    }
    // Acknowledged first: whatever changes afterwards is sent.
    if (response === true) client.sendJson({ id, type: 'ack' });
    for (const { listing } of books as SimBook[]) {
      const key = `${channel}:${listing.wireId}`;
      if (type === 'subscribe') this.hub.subscribe(client, listing.symbol, key, () => channel);
      else this.hub.unsubscribe(client, key);
    }
  }

  private bullet(request: RestRequest): RestReply {
    if (request.method !== 'POST') return failure(405, '405', 'Method Not Allowed');
    const token = randomBytes(96).toString('base64');
    this.tokens.add(token);
    for (const oldest of this.tokens) {
      if (this.tokens.size <= MOST_TOKENS) break;
      this.tokens.delete(oldest);
    }
    const server = {
      endpoint: ENDPOINT,
      encrypt: true,
      protocol: 'websocket',
      pingInterval: 18_000,
      pingTimeout: 10_000,
    };
    return reply({ token, instanceServers: [server] });
  }
}

// Every changed level carries the sequence of its change; the frame spans them all.
function delta(topic: string, step: BookStep, isCorrupt: boolean): string {
  const skip = isCorrupt ? 7 : 0;
  const first = step.previousSequence + 1 + skip;
  const last = step.sequence + skip;
  const side = (wanted: 'bid' | 'ask'): string[][] =>
    step.changes.flatMap((change, index) =>
      change.side === wanted ? [[...levelOf(step.book, change), String(first + index)]] : [],
    );
  return JSON.stringify({
    ...{ topic, type: 'message', subject: 'trade.l2update' },
    data: {
      changes: { asks: side('ask'), bids: side('bid') },
      ...{ sequenceEnd: last, sequenceStart: first, symbol: step.book.listing.wireId, time: Math.floor(step.timeMs) },
    },
  });
}

function whole(topic: string, book: SimBook): string {
  const depth = topic.includes('Depth50') ? 50 : 5;
  const side = (name: 'bids' | 'asks'): string[][] => topLevels(book[name], depth).map((level) => levelOf(book, level));
  return JSON.stringify({
    ...{ topic, type: 'message', subject: 'level2' },
    data: { asks: side('asks'), bids: side('bids'), timestamp: Math.floor(book.timeMs) },
  });
}
