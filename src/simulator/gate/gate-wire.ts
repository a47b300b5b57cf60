import { DepthView, topLevels, type WireLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject, stringsOf } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { gateRest } from './gate-rest.js';
import { levelRows } from './gate-text.js';

interface BookTopic {
  readonly depth: number;
  readonly view: DepthView;
}

type Reply = (body: object) => void;

/** gate v4 spot `spot.obu`: a full book of the best N levels, then changes numbered from `U` to `u`. */
export class GateWire implements ExchangeWire {
  readonly exchange = 'gate';
  readonly hosts = ['api.gateio.ws'];
  private readonly hub: TopicHub<BookTopic>;

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return gateRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'api.gateio.ws' && path.replace(/\/$/, '') === '/ws/v4';
  }

  open(): void {
    // The exchange says nothing before it is asked.
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text) ?? {};
    const { id, channel, event, payload } = message;
    const timeMs = Math.floor(this.now());
    const reply = (body: object): void => {
      client.sendJson({
        ...{ time: Math.floor(timeMs / 1000), time_ms: timeMs, id, conn_id: client.id, channel },
        ...{ event: event ?? '', payload, ...body },
      });
    };
    if (channel === 'spot.ping') {
      client.sendJson({
        time: Math.floor(timeMs / 1000),
        time_ms: timeMs,
        channel: 'spot.pong',
        event: '',
        result: null,
      });
    } else if (channel !== 'spot.obu') {
      fail(reply, 1, `unknown channel ${String(channel)}`);
    } else if (event !== 'subscribe' && event !== 'unsubscribe') {
      fail(reply, 1, `unknown event ${String(event)}`);
    } else {
      this.take(client, event, stringsOf(payload) ?? [], reply);
    }
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, ({ key, state }, isCorrupt) => {
      const { book, previousSequence } = step;
      const fault = isCorrupt ? 1 : 0;
      const numbers = { u: book.sequence + fault, U: previousSequence + 1 + fault };
      return this.frame(key, book, numbers, state.view.advance());
    });
  }

  // All streams are checked before any is taken.
  private take(
    client: SocketClient,
    event: 'subscribe' | 'unsubscribe',
    streams: readonly string[],
    reply: Reply,
  ): void {
    const wanted = streams.map((stream) => {
      const [, pair = '', depth] = /^ob\.(\w+)\.(50|400)$/.exec(stream) ?? [];
      return { stream, pair, depth: Number(depth), book: depth === undefined ? null : this.market.find(pair) };
    });
    const unknown = wanted.find(({ book }) => !book);
    const twice = wanted.find(({ stream }) => client.topics.has(stream));
    if (wanted.length === 0) fail(reply, 2, 'invalid payload');
    else if (unknown) fail(reply, 2, `unknown currency pair: ${unknown.pair || unknown.stream}`);
    else if (event === 'subscribe' && twice) fail(reply, 2, `Alert sub ${twice.stream}`);
    else {
      for (const { stream, depth, book } of wanted) {
        if (!book) continue;
        if (event === 'unsubscribe') this.hub.unsubscribe(client, stream);
        else this.subscribe(client, stream, depth, book);
      }
      reply({ result: { status: 'success' } });
    }
  }

  // The full book leaves before the acknowledgement, as captures show.
  private subscribe(client: SocketClient, stream: string, depth: number, book: SimBook): void {
    this.hub.subscribe(client, book.listing.symbol, stream, () => ({
      ...{ depth, view: new DepthView(book, depth, 'deleted') },
    }));
    const levels = { bids: topLevels(book.bids, depth), asks: topLevels(book.asks, depth) };
    client.send(this.frame(stream, book, { u: book.sequence }, levels));
  }

  // A side without change is left out.
  private frame(
    stream: string,
    book: SimBook,
    numbers: { readonly u: number; readonly U?: number },
    { bids, asks }: WireLevels,
  ): string {
    const isFull = numbers.U === undefined;
    const result = {
      ...{ t: Math.floor(book.timeMs), ...(isFull ? { full: true } : {}), s: stream, ...numbers },
      ...(bids.length > 0 ? { b: levelRows(book.listing, bids) } : {}),
      ...(asks.length > 0 ? { a: levelRows(book.listing, asks) } : {}),
    };
    return JSON.stringify({ channel: 'spot.obu', result, time_ms: Math.floor(this.now()), event: 'update' });
  }
}

function fail(reply: Reply, code: number, message: string): void {
  reply({ error: { code, message }, result: { status: 'fail' } });
}
