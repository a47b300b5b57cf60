import { gzipSync } from 'node:zlib';
import { DepthView, topLevels, type WireLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { htxRest, htxRows } from './htx-rest.js';

/** Between two pings of the server, milliseconds. */
const PING_EVERY_MS = 5_000;
/** So many pings without an answer end a connection. */
const MOST_MISSED = 2;
const TOPIC = /^market\.(\w+)\.mbp\.(5|20|150|400)$/;

interface BookTopic {
  readonly view: DepthView;
  /** `seqNum` of the last frame: the next names it, and so does a snapshot. */
  sequence: number;
}

interface Pulse {
  readonly pingedAtMs: number;
  readonly missed: number;
}

/** htx spot `/feed`: differences of the best N levels every step, whole books when asked for; all of it gzipped. */
export class HtxWire implements ExchangeWire {
  readonly exchange = 'htx';
  readonly hosts = ['api.huobi.pro', 'api.hbdm.vn'];
  private readonly hub: TopicHub<BookTopic>;
  private readonly pulses = new WeakMap<SocketClient, Pulse>();

  constructor(
    private readonly market: ExchangeMarket,
    faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return htxRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'api.huobi.pro' && path === '/feed';
  }

  open(client: SocketClient): void {
    this.pulses.set(client, { pingedAtMs: this.now(), missed: 0 });
  }

  receive(client: SocketClient, text: string): void {
    const message = parseObject(text);
    const { id, ping, pong, sub, unsub, req } = message ?? {};
    const topic = sub ?? unsub ?? req;
    if (!message) this.fail(client, id, 'not json, is not json string');
    else if (pong !== undefined) this.answered(client, pong);
    else if (ping !== undefined) this.send(client, { pong: ping });
    else this.take(client, sub === undefined ? (unsub === undefined ? 'req' : 'unsub') : 'sub', String(topic), id);
  }

  beat(client: SocketClient, nowMs: number): void {
    const pulse = this.pulses.get(client);
    if (!pulse || nowMs - pulse.pingedAtMs < PING_EVERY_MS) return;
    if (pulse.missed >= MOST_MISSED) {
      client.close(1003, 'ping check expired');
      return;
    }
    const pingedAtMs = Math.floor(nowMs);
    this.pulses.set(client, { pingedAtMs, missed: pulse.missed + 1 });
    this.send(client, { ping: pingedAtMs });
  }

  leave(client: SocketClient): void {
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    this.hub.publish(step, ({ key, state }, isCorrupt) => {
      const changes = state.view.advance();
      if (changes.bids.length + changes.asks.length === 0) return null;
      const fault = isCorrupt ? 7 : 0;
      const numbers = `"seqNum":${step.sequence + fault},"prevSeqNum":${state.sequence + fault}`;
      state.sequence = step.sequence;
      return gzipSync(
        `{"ch":"${key}","ts":${Math.floor(step.timeMs)},"tick":{${numbers},${sides(step.book, changes)}}}`,
      );
    });
  }

  private take(client: SocketClient, verb: 'sub' | 'unsub' | 'req', topic: string, id: unknown): void {
    const [, name = '', depth] = TOPIC.exec(topic) ?? [];
    const book = this.market.find(name);
    const ts = Math.floor(this.now());
    if (depth === undefined) this.fail(client, id, `invalid topic ${topic}`);
    else if (!book) this.fail(client, id, `invalid symbol ${name}`);
    else if (verb === 'req') this.whole(client, topic, book, Number(depth), id);
    else if (verb === 'unsub') {
      if (this.hub.unsubscribe(client, topic)) this.send(client, { id, status: 'ok', unsubbed: topic, ts });
      else this.fail(client, id, `unsub with not subbed topic ${topic}`);
    } else {
      // Whoever has it already is acknowledged again and gets nothing twice.
      this.send(client, { id, status: 'ok', subbed: topic, ts });
      this.hub.subscribe(client, book.listing.symbol, topic, () => ({
        ...{ view: new DepthView(book, Number(depth), 'deleted'), sequence: book.sequence },
      }));
    }
  }

  private whole(client: SocketClient, topic: string, book: SimBook, depth: number, id: unknown): void {
    const told = client.topics.get(topic)?.state as BookTopic | undefined;
    const levels = { bids: topLevels(book.bids, depth), asks: topLevels(book.asks, depth) };
    const data = `{"seqNum":${told?.sequence ?? book.sequence},${sides(book, levels)}}`;
    const head = JSON.stringify({ id, rep: topic, status: 'ok', ts: Math.floor(this.now()) });
    client.send(gzipSync(`${head.slice(0, -1)},"data":${data}}`), true);
  }

  private answered(client: SocketClient, pong: unknown): void {
    const pulse = this.pulses.get(client);
    if (pulse && pulse.pingedAtMs === pong) this.pulses.set(client, { ...pulse, missed: 0 });
  }

  private fail(client: SocketClient, id: unknown, message: string): void {
    this.send(client, {
      ...{ ts: Math.floor(this.now()), status: 'error', id, 'err-code': 'bad-request', 'err-msg': message },
    });
  }

  private send(client: SocketClient, body: object): void {
    client.send(gzipSync(JSON.stringify(body)), true);
  }
}

function sides({ listing }: SimBook, { bids, asks }: WireLevels): string {
  return `"bids":${htxRows(listing, bids)},"asks":${htxRows(listing, asks)}`;
}
