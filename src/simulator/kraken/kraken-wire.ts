import type { AccountRegistry } from '../accounts/account-registry.js';
import { DepthView, topLevels, type WireLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { krakenRest } from './kraken-rest.js';
import { krakenChecksum, krakenTime, levelsText } from './kraken-text.js';

const DEPTHS: readonly unknown[] = [10, 25, 100, 500, 1000];
const HEARTBEAT_AFTER_MS = 1_000;

interface Command {
  readonly method: 'subscribe' | 'unsubscribe';
  readonly symbols: readonly string[];
  readonly depth: number;
  readonly hasSnapshot: boolean;
}

interface BookTopic {
  readonly depth: number;
  readonly view: DepthView;
}

/** kraken v2 spot: books of the best N levels, each frame with a CRC-32 of the best ten. */
export class KrakenWire implements ExchangeWire {
  readonly exchange = 'kraken';
  readonly hosts = ['api.kraken.com', 'ws.kraken.com'];
  private readonly hub: TopicHub<BookTopic>;

  constructor(
    private readonly market: ExchangeMarket,
    private readonly accounts: AccountRegistry,
    private readonly faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return krakenRest(request, this.market, this.accounts);
  }

  accepts(host: string, path: string): boolean {
    return host === 'ws.kraken.com' && path === '/v2';
  }

  open(client: SocketClient): void {
    const status = {
      version: '2.0.10',
      system: 'online',
      api_version: 'v2',
      connection_id: Number.parseInt(client.id, 16),
    };
    client.sendJson({ channel: 'status', type: 'update', data: [status] });
  }

  receive(client: SocketClient, text: string): void {
    const timeIn = krakenTime(this.now());
    const message = parseObject(text) ?? {};
    const { method, req_id: reqId } = message;
    const reply = (body: object): void => {
      client.sendJson({ ...body, req_id: reqId, time_in: timeIn, time_out: krakenTime(this.now()) });
    };
    if (method === 'ping') {
      reply({ method: 'pong' });
      return;
    }
    const command = readCommand(message);
    if (typeof command === 'string') {
      reply({ error: command, method: method ?? null, success: false });
      return;
    }
    for (const symbol of command.symbols) this.take(client, command, symbol, reply);
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) => {
      const changes = topic.state.view.advance();
      if (changes.bids.length === 0 && changes.asks.length === 0) return null;
      return frame('update', step.book, changes, isCorrupt);
    });
  }

  /** A heartbeat goes out when a subscriber has heard nothing for a second. */
  beat(client: SocketClient, nowMs: number): void {
    if (client.topics.size === 0 || nowMs - client.lastSentMs < HEARTBEAT_AFTER_MS) return;
    if (!this.faults.isFrozen(null)) client.send('{"channel":"heartbeat"}');
  }

  private take(client: SocketClient, command: Command, symbol: string, reply: (body: object) => void): void {
    const { method, depth, hasSnapshot } = command;
    const fail = (error: string): void => {
      reply({ error, method, success: false, symbol });
    };
    const book = this.market.find(symbol);
    if (!book) {
      fail(`Currency pair not supported ${symbol}`);
      return;
    }
    const key = `book:${depth}:${symbol}`;
    if (method === 'unsubscribe') {
      if (!this.hub.unsubscribe(client, key)) {
        fail('Subscription Not Found');
        return;
      }
      reply({ method, result: { channel: 'book', depth, symbol }, success: true });
      return;
    }
    // One book per symbol and connection, whatever the depth.
    if (DEPTHS.some((other) => client.topics.has(`book:${String(other)}:${symbol}`))) {
      fail('Already subscribed');
      return;
    }
    this.hub.subscribe(client, symbol, key, () => ({ depth, view: new DepthView(book, depth, 'left') }));
    reply({ method, result: { channel: 'book', depth, snapshot: hasSnapshot, symbol }, success: true });
    if (!hasSnapshot) return;
    const levels = { bids: topLevels(book.bids, depth), asks: topLevels(book.asks, depth) };
    client.send(frame('snapshot', book, levels, false));
  }
}

// A command, or the text of what is wrong with it.
function readCommand(message: Readonly<Record<string, unknown>>): Command | string {
  const { method } = message;
  if (method !== 'subscribe' && method !== 'unsubscribe') return 'Unsupported method';
  const params = isObject(message['params']) ? message['params'] : {};
  if (params['channel'] !== 'book') return 'Unsupported channel';
  const depth = params['depth'] ?? 10;
  if (!DEPTHS.includes(depth)) return 'Depth not supported';
  const symbols = stringsOf(params['symbol']) ?? [];
  if (symbols.length === 0) return 'Symbol(s) not found';
  return { method, symbols, depth: Number(depth), hasSnapshot: params['snapshot'] !== false };
}

function frame(type: 'snapshot' | 'update', book: SimBook, levels: WireLevels, isCorrupt: boolean): string {
  const { listing } = book;
  const checksum = (krakenChecksum(book) ^ (isCorrupt ? 1 : 0)) >>> 0;
  return (
    `{"channel":"book","type":"${type}","data":[{"symbol":"${listing.symbol}",` +
    `"bids":[${levelsText(listing, levels.bids)}],"asks":[${levelsText(listing, levels.asks)}],` +
    `"checksum":${checksum},"timestamp":"${krakenTime(book.timeMs)}"}]}`
  );
}
