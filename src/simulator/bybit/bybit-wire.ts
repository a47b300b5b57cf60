import type { AccountRegistry } from '../accounts/account-registry.js';
import { DepthView, topLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { bybitRest } from './bybit-rest.js';
import { crossSequence, levelsText } from './bybit-text.js';

/** Arguments of one spot subscribe request, as documented by the exchange. */
const MOST_ARGS = 10;

interface BookTopic {
  readonly depth: number;
  readonly view: DepthView;
}

/** bybit v5 spot: a snapshot, then deltas of the best N levels whose `u` grows by one. */
export class BybitWire implements ExchangeWire {
  readonly exchange = 'bybit';
  readonly hosts = ['api.bybit.com', 'stream.bybit.com'];
  private readonly hub: TopicHub<BookTopic>;

  constructor(
    private readonly market: ExchangeMarket,
    private readonly accounts: AccountRegistry,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return bybitRest(request, this.market, this.accounts);
  }

  accepts(host: string, path: string): boolean {
    return host === 'stream.bybit.com' && path === '/v5/public/spot';
  }

  open(): void {
    // The exchange says nothing before it is asked.
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { op, req_id: given } = message;
    const reqId = typeof given === 'number' ? String(given) : given;
    const reply = (success: boolean, retMsg: string): void => {
      client.sendJson({ success, ret_msg: retMsg, conn_id: client.id, req_id: reqId, op });
    };
    const args = stringsOf(message['args']) ?? [];
    switch (op) {
      case 'ping':
        reply(true, 'pong');
        return;
      case 'subscribe':
        if (args.length === 0) reply(false, 'Params Error');
        else if (args.length > MOST_ARGS) reply(false, `args size >${MOST_ARGS}`);
        else this.subscribe(client, args, reply);
        return;
      case 'unsubscribe':
        for (const topic of args) this.hub.unsubscribe(client, topic);
        reply(true, '');
        return;
      default:
        reply(false, 'Invalid request: unknown op');
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) => {
      const { depth, view } = topic.state;
      const changes = view.advance();
      if (depth === 1) return snapshot(topic.key, step.book, depth);
      const u = step.sequence + (isCorrupt ? 1 : 0);
      const { listing } = step.book;
      const data =
        `{"s":"${listing.wireId}","b":[${levelsText(listing, changes.bids)}],` +
        `"a":[${levelsText(listing, changes.asks)}],"u":${u},"seq":${crossSequence(u)}}`;
      return frame(topic.key, 'delta', data, step.timeMs);
    });
  }

  // All arguments are checked before any is taken, as with the exchange.
  private subscribe(
    client: SocketClient,
    args: readonly string[],
    reply: (success: boolean, retMsg: string) => void,
  ): void {
    const wanted: { key: string; depth: number; book: SimBook }[] = [];
    for (const key of args) {
      const [, depth, wireId = ''] = /^orderbook\.(1|50|200|1000)\.(\w+)$/.exec(key) ?? [];
      if (depth === undefined) {
        reply(false, `error:handler not found,topic:${key}`);
        return;
      }
      const book = this.market.find(wireId);
      if (!book) {
        reply(false, `Invalid symbol :[${key}]`);
        return;
      }
      if (client.topics.has(key)) {
        reply(false, `error:already subscribed,topic:${key}`);
        return;
      }
      wanted.push({ key, depth: Number(depth), book });
    }
    reply(true, 'subscribe');
    for (const { key, depth, book } of wanted) {
      const view = (): BookTopic => ({ depth, view: new DepthView(book, depth, 'deleted') });
      this.hub.subscribe(client, book.listing.symbol, key, view);
      client.send(snapshot(key, book, depth));
    }
  }
}

function snapshot(topic: string, book: SimBook, depth: number): string {
  const { listing } = book;
  const data =
    `{"s":"${listing.wireId}","b":[${levelsText(listing, topLevels(book.bids, depth))}],` +
    `"a":[${levelsText(listing, topLevels(book.asks, depth))}],"u":${book.sequence},` +
    `"seq":${crossSequence(book.sequence)}}`;
  return frame(topic, 'snapshot', data, book.timeMs);
}

function frame(topic: string, type: string, data: string, timeMs: number): string {
  const ts = Math.floor(timeMs);
  return `{"topic":"${topic}","ts":${ts},"type":"${type}","data":${data},"cts":${ts - 2}}`;
}
