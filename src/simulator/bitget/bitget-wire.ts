import { topLevels, type WireLevel } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { isObject, parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { bitgetRest } from './bitget-rest.js';
import { bitgetChecksum, levelsText } from './bitget-text.js';

/** Depth of each channel; `books` tells changes of the whole book, the others all their levels every time. */
const DEPTHS = { books: Infinity, books15: 15, books5: 5, books1: 1 } as const;

type Channel = keyof typeof DEPTHS;

/**
 * bitget v2 spot. Frames carry both proofs: the documented checksum of the best 25 levels, and the number of the frame
 * before (`pseq`), which recent captures show in its place.
 */
export class BitgetWire implements ExchangeWire {
  readonly exchange = 'bitget';
  readonly hosts = ['api.bitget.com', 'ws.bitget.com'];
  private readonly hub: TopicHub<Channel>;

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return bitgetRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'ws.bitget.com' && path === '/v2/ws/public';
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
      client.sendJson({ event: 'error', code: 30003, msg: 'op is illegal' });
      return;
    }
    for (const arg of args as readonly unknown[]) this.take(client, op, arg);
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, (topic, isCorrupt) =>
      topic.state === 'books' ? this.update(step, isCorrupt) : this.whole(topic.state, step.book),
    );
  }

  private take(client: SocketClient, op: 'subscribe' | 'unsubscribe', arg: unknown): void {
    const { instType, channel, instId } = isObject(arg) ? arg : {};
    const book = typeof instId === 'string' && instType === 'SPOT' ? this.market.find(instId) : null;
    if (!isChannel(channel) || !book) {
      const msg = `instType:${String(instType)},channel:${String(channel)},instId:${String(instId)} doesn't exist`;
      client.sendJson({ event: 'error', arg, code: 30001, msg, op });
      return;
    }
    const key = `${channel}:${book.listing.wireId}`;
    if (op === 'unsubscribe') {
      this.hub.unsubscribe(client, key);
      client.sendJson({ event: op, arg: { instType, channel, instId } });
      return;
    }
    client.sendJson({ event: op, arg: { instType, channel, instId } });
    if (this.hub.subscribe(client, book.listing.symbol, key, () => channel)) client.send(this.whole(channel, book));
  }

  private whole(channel: Channel, book: SimBook): string {
    const depth = DEPTHS[channel];
    return this.frame('snapshot', channel, book, [topLevels(book.bids, depth), topLevels(book.asks, depth)], {
      ...{ checksum: 0, pseq: 0 },
    });
  }

  private update({ book, changes, previousSequence }: BookStep, isCorrupt: boolean): string {
    const bids = changes.filter(({ side }) => side === 'bid').sort((a, b) => b.tick - a.tick);
    const asks = changes.filter(({ side }) => side === 'ask').sort((a, b) => a.tick - b.tick);
    const checksum = bitgetChecksum(book) ^ (isCorrupt ? 1 : 0);
    return this.frame('update', 'books', book, [bids, asks], { checksum, pseq: previousSequence });
  }

  private frame(
    action: 'snapshot' | 'update',
    channel: Channel,
    book: SimBook,
    [bids, asks]: readonly [readonly WireLevel[], readonly WireLevel[]],
    { checksum, pseq }: { readonly checksum: number; readonly pseq: number },
  ): string {
    const { listing } = book;
    return (
      `{"action":"${action}","arg":{"instType":"SPOT","channel":"${channel}","instId":"${listing.wireId}"},` +
      `"data":[{"asks":[${levelsText(listing, asks)}],"bids":[${levelsText(listing, bids)}],` +
      `"checksum":${checksum},"ts":"${Math.floor(book.timeMs)}","seq":${book.sequence},"pseq":${pseq}}],` +
      `"ts":${Math.floor(this.now())}}`
    );
  }
}

function isChannel(value: unknown): value is Channel {
  return typeof value === 'string' && Object.hasOwn(DEPTHS, value);
}
