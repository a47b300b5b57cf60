import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';
import { alternatingChecksum } from './checksums.js';

interface BookSubscription extends Subscription {
  readonly chanId: number;
  readonly window: ShownWindow;
}

interface Request {
  readonly event: string;
  readonly channel?: string;
  readonly symbol?: string;
  readonly prec?: string;
  readonly freq?: string;
  readonly len?: string | number;
  readonly subId?: string | number;
  readonly chanId?: number;
  readonly flags?: number;
  readonly cid?: unknown;
}

interface Counters {
  flags: number;
  sequence: number;
}

const FLAG_TIMESTAMP = 32_768;
const FLAG_SEQUENCE = 65_536;
const FLAG_CHECKSUM = 131_072;
const LENGTHS = [1, 25, 100, 250];

/**
 * Windows told level by level in any order, sizes signed by side, with a checksum over 25 levels a side after each round
 * of changes and a count of the connection's messages, if both were asked for. A channel that rests says so.
 */
export class Bitfinex extends ForeignExchange {
  override readonly id = 'bitfinex';
  override readonly hosts = ['api-pub.bitfinex.com', 'api.bitfinex.com'];
  private readonly counters = new WeakMap<ForeignSocket, Counters>();
  private nextChannel = 17_082;

  constructor() {
    super([bitcoin(300, 0), ether(60, 1), doge(4)], 13);
  }

  override rest({ path }: RestCall): unknown {
    const labels = /^\/v2\/conf\/(.+)$/.exec(decodeURIComponent(path))?.[1]?.split(',');
    return labels?.map((label) => {
      if (label === 'pub:info:pair') return this.books.map(listing);
      if (label === 'pub:list:currency') return ['BTC', 'ETH', 'DOGE', 'UST', 'USD'];
      return label === 'pub:map:currency:sym' ? [['UST', 'USDt']] : [];
    });
  }

  override opened(socket: ForeignSocket): void {
    super.opened(socket);
    this.counters.set(socket, { flags: 0, sequence: 0 });
    socket.send({ event: 'info', version: 2, serverId: '4e1b9c2f', platform: { status: 1 } });
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) {
      for (const { chanId } of socket.topics.values() as Iterable<BookSubscription>) {
        if (this.dice.chance(0.2)) this.tell(socket, [chanId, 'hb']);
      }
    }
  }

  override heard(socket: ForeignSocket, text: string): void {
    const request = JSON.parse(text) as Request;
    const { event, chanId, flags = 0 } = request;
    if (event === 'ping') socket.send({ event: 'pong', ts: Date.now(), cid: request.cid });
    if (event === 'conf') {
      this.counters.get(socket)!.flags = flags;
      socket.send({ event: 'conf', status: 'OK', flags });
    }
    if (event === 'unsubscribe') {
      socket.topics.delete(String(chanId));
      socket.send({ event: 'unsubscribed', status: 'OK', chanId });
    }
    if (event === 'subscribe') this.subscribe(socket, request);
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    book.remember(null);
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const { chanId, window } = subscription;
      const changes = this.dice.shuffled(this.rows(book, window.move(true)));
      if (isLost) {
        // One level of the change is lost, the rest comes.
        changes.shift();
        this.counters.get(socket)!.sequence += 1;
      }
      for (const change of changes) this.tell(socket, [chanId, change]);
      if ((this.counters.get(socket)!.flags & FLAG_CHECKSUM) !== 0)
        this.tell(socket, [chanId, 'cs', checksum(book, window)]);
    }
  }

  private subscribe(
    socket: ForeignSocket,
    { channel, symbol = '', prec = 'P0', freq = 'F0', len = 25, subId }: Request,
  ): void {
    const book = this.books.find(({ pair }) => idOf(pair) === symbol);
    const subscriptions = [...socket.topics.values()] as BookSubscription[];
    if (!book || channel !== 'book' || prec !== 'P0' || !LENGTHS.includes(Number(len))) {
      socket.send({
        event: 'error',
        msg: 'symbol: invalid',
        code: 10_300,
        channel,
        symbol,
        prec,
        freq,
        len: String(len),
        subId,
      });
    } else if (subscriptions.some((other) => other.book === book)) {
      socket.send({
        event: 'error',
        msg: 'subscribe: dup',
        code: 10_301,
        channel,
        symbol,
        prec,
        freq,
        len: String(len),
        subId,
      });
    } else {
      const chanId = this.nextChannel++;
      const subscription = { book, chanId, window: new ShownWindow(book, Number(len)) };
      socket.topics.set(String(chanId), subscription);
      book.remember(null);
      const echo = { channel: 'book', chanId, symbol, prec, freq, len: String(len), subId, pair: symbol.slice(1) };
      socket.send({ event: 'subscribed', ...echo });
      this.tell(socket, [chanId, this.rows(book, subscription.window.levels)]);
    }
  }

  private rows(book: TrueBook, levels: Levels): number[][] {
    const row = (side: 1 | -1, [ticks, lots]: Level): number[] =>
      lots === 0
        ? [Number(book.price(ticks)), 0, side]
        : [Number(book.price(ticks)), this.dice.whole(1, 9), side * Number(book.size(lots))];
    return [...levels.bids.map((level) => row(1, level)), ...levels.asks.map((level) => row(-1, level))];
  }

  private tell(socket: ForeignSocket, message: unknown[]): void {
    const counters = this.counters.get(socket)!;
    const sequence = (counters.flags & FLAG_SEQUENCE) === 0 ? [] : [(counters.sequence += 1)];
    const stamp = (counters.flags & FLAG_TIMESTAMP) === 0 ? [] : [Date.now()];
    socket.send([...message, ...sequence, ...stamp]);
  }
}

function checksum(book: TrueBook, { levels }: ShownWindow): number {
  const side = (of: readonly Level[], sign: 1 | -1): string[] =>
    of.map(([ticks, lots]) => `${Number(book.price(ticks))}:${sign * Number(book.size(lots))}`);
  return alternatingChecksum(side(levels.bids, 1), side(levels.asks, -1));
}

function idOf({ base, quote }: TrueBook['pair']): string {
  const code = quote === 'USDT' ? 'UST' : quote;
  return base.length > 3 ? `t${base}:${code}` : `t${base}${code}`;
}

function listing({ pair }: TrueBook): unknown[] {
  return [idOf(pair).slice(1), [null, null, null, '0.00004', '2000.0', null, null, null, null, null, null, null]];
}
