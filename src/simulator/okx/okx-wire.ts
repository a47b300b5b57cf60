import type { AccountRegistry } from '../accounts/account-registry.js';
import { topLevels, type WireLevel } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { okxRest } from './okx-rest.js';
import { levelsText, okxChecksum } from './okx-text.js';

/** Depth of each channel; `books` tells changes, the others all their levels every time. */
const DEPTHS = { books: 400, books5: 5, 'bbo-tbt': 1 } as const;

type Channel = keyof typeof DEPTHS;

/** okx spot: a snapshot, then updates chained by prevSeqId and seqId, each with a checksum of the best 25 levels. */
export class OkxWire implements ExchangeWire {
  readonly exchange = 'okx';
  readonly hosts = ['www.okx.com', 'ws.okx.com'];
  private readonly hub: TopicHub<Channel>;

  constructor(
    private readonly market: ExchangeMarket,
    private readonly accounts: AccountRegistry,
    faults: ExchangeFaults,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return okxRest(request, this.market, this.accounts);
  }

  accepts(host: string, path: string): boolean {
    return host === 'ws.okx.com' && path === '/ws/v5/public';
  }

  open(): void {
    // The exchange says nothing before it is asked.
  }

  receive(client: SocketClient, text: string): void {
    if (text === 'ping') {
      client.send('pong');
      return;
    }
    const message = parseObject(text);
    const op = message?.['op'];
    const args = message?.['args'];
    if ((op !== 'subscribe' && op !== 'unsubscribe') || !Array.isArray(args)) {
      client.sendJson({
        event: 'error',
        code: '60012',
        msg: `Invalid request: ${text.slice(0, 200)}`,
        connId: client.id,
      });
      return;
    }
    for (const arg of args as readonly unknown[]) this.take(client, op, arg);
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) =>
      topic.state === 'books' ? update(step, isCorrupt) : whole(topic.state, step.book),
    );
  }

  private take(client: SocketClient, op: 'subscribe' | 'unsubscribe', arg: unknown): void {
    const channel = isObject(arg) ? arg['channel'] : undefined;
    const instId = isObject(arg) ? arg['instId'] : undefined;
    const book = typeof instId === 'string' ? this.market.find(instId) : null;
    if (!isChannel(channel) || !book) {
      const what = `channel:${String(channel)},instId:${String(instId)}`;
      const msg = `Wrong URL or ${what} doesn't exist. Please use the correct URL, channel and parameters.`;
      client.sendJson({ event: 'error', code: '60018', msg, connId: client.id });
      return;
    }
    const key = `${channel}:${book.listing.wireId}`;
    if (op === 'unsubscribe') this.hub.unsubscribe(client, key);
    client.sendJson({ event: op, arg: { channel, instId }, connId: client.id });
    if (op === 'unsubscribe') return;
    // A subscription that exists is confirmed again and starts over with a snapshot.
    this.hub.subscribe(client, book.listing.symbol, key, () => channel);
    client.send(channel === 'books' ? snapshot(book) : whole(channel, book));
  }
}

function isChannel(value: unknown): value is Channel {
  return typeof value === 'string' && Object.hasOwn(DEPTHS, value);
}

function snapshot(book: SimBook): string {
  return bookFrame(book, 'snapshot', [topLevels(book.bids, DEPTHS.books), topLevels(book.asks, DEPTHS.books)], -1);
}

// Books hold fewer levels than the channel shows, so every change is within it.
function update(step: BookStep, isCorrupt: boolean): string {
  const bids = step.changes.filter((change) => change.side === 'bid').sort((a, b) => b.tick - a.tick);
  const asks = step.changes.filter((change) => change.side === 'ask').sort((a, b) => a.tick - b.tick);
  return bookFrame(step.book, 'update', [bids, asks], step.previousSequence, isCorrupt ? 1 : 0);
}

function bookFrame(
  book: SimBook,
  action: 'snapshot' | 'update',
  [bids, asks]: readonly [readonly WireLevel[], readonly WireLevel[]],
  prevSeqId: number,
  fault = 0,
): string {
  const { listing } = book;
  return (
    `{"arg":{"channel":"books","instId":"${listing.wireId}"},"action":"${action}","data":[{` +
    `"asks":[${levelsText(listing, asks)}],"bids":[${levelsText(listing, bids)}],` +
    `"ts":"${Math.floor(book.timeMs)}","checksum":${okxChecksum(book) ^ fault},` +
    `"seqId":${book.sequence},"prevSeqId":${prevSeqId - fault}}]}`
  );
}

function whole(channel: 'books5' | 'bbo-tbt', book: SimBook): string {
  const { listing } = book;
  const depth = DEPTHS[channel];
  return (
    `{"arg":{"channel":"${channel}","instId":"${listing.wireId}"},"data":[{` +
    `"asks":[${levelsText(listing, topLevels(book.asks, depth))}],` +
    `"bids":[${levelsText(listing, topLevels(book.bids, depth))}],` +
    `"instId":"${listing.wireId}","ts":"${Math.floor(book.timeMs)}","seqId":${book.sequence}}]}`
  );
}
