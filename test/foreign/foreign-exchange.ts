import type { RawData, WebSocket } from 'ws';
import { Dice } from './dice.js';
import { type Levels, type Pair, TrueBook } from './true-book.js';

/** A call of the exchange's REST interface. */
export interface RestCall {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** A price or size that stands in the JSON text as a number with all its digits. */
export function digits(text: string): string {
  return `=${text}`;
}

/** The socket of one client, with the liberties that JSON and WebSocket leave to a server. */
export class ForeignSocket {
  /** Subscriptions by topic; each exchange says what it keeps. */
  readonly topics = new Map<string, Subscription>();

  constructor(
    private readonly ws: WebSocket,
    readonly path: string,
    private readonly dice: Dice,
  ) {}

  /**
   * Sends a message: its fields in any order, one that nobody knows among them, at times with white space wherever JSON
   * allows it, or in several WebSocket frames.
   */
  send(message: object, packed: (text: string) => string | Buffer = (text) => text): void {
    const extra: [string, unknown][] = this.dice.chance(0.2) ? [['_trace', { hops: [1, null, 'x'] }]] : [];
    const ordered = Array.isArray(message)
      ? message
      : Object.fromEntries(this.dice.shuffled([...Object.entries({ ...message }), ...extra]));
    const text = JSON.stringify(ordered, null, this.dice.chance(0.1) ? 2 : 0).replace(/"=(-?[\d.e+-]+)"/g, '$1');
    this.raw(packed(this.dice.chance(0.05) ? ` \r\n${text}\n` : text));
  }

  raw(data: string | Buffer): void {
    const isBinary = typeof data !== 'string';
    if (data.length > 40 && this.dice.chance(0.1)) {
      const cut = this.dice.whole(1, data.length - 1);
      this.ws.send(data.slice(0, cut), { fin: false, binary: isBinary });
      this.ws.send(data.slice(cut), { fin: true, binary: isBinary });
    } else this.ws.send(data, { binary: isBinary });
  }

  ping(): void {
    this.ws.ping();
  }

  /** Ends the connection: with the code of a restart, or like a cut cable. */
  kill(isPlanned = false): void {
    if (isPlanned) this.ws.close(1012, 'service restart');
    else this.ws.terminate();
  }
}

/** What one client wants to hear of one book, with what the exchange notes beside it. */
export interface Subscription {
  readonly book: TrueBook;
}

/** One exchange's side of the wire. */
export abstract class ForeignExchange {
  abstract readonly id: string;
  /** Hosts with ports, as they stand in the addresses that clients call. */
  abstract readonly hosts: readonly string[];
  /** Levels a side that clients are shown at most. */
  readonly shownDepth: number = Infinity;
  readonly sockets = new Set<ForeignSocket>();
  readonly books: readonly TrueBook[];
  protected readonly dice: Dice;
  private readonly lost = new Set<string>();
  private readonly due = new Map<TrueBook, number>();

  constructor(pairs: readonly Pair[], seed: number) {
    this.dice = new Dice(seed);
    this.books = pairs.map((pair) => new TrueBook(pair, this.dice));
  }

  /** Answers a call; undefined where there is no such path. */
  abstract rest(call: RestCall): unknown;
  /** Takes a message of a client. */
  abstract heard(socket: ForeignSocket, text: string): void;
  /** Tells every subscriber that a book changed. */
  protected abstract moved(book: TrueBook, change: Levels, isLost: boolean): void;

  /** A client came. */
  opened(socket: ForeignSocket): void {
    this.sockets.add(socket);
  }

  /** About once a second. */
  beat(): void {
    for (const socket of this.sockets) if (this.dice.chance(0.2)) socket.ping();
  }

  book(symbol: string): TrueBook {
    const found = this.books.find((book) => book.pair.symbol === symbol);
    if (!found) throw new Error(`${this.id} does not list ${symbol}`);
    return found;
  }

  /** Changes the books whose time has come. */
  tick(nowMs: number): void {
    for (const book of this.books) {
      if ((this.due.get(book) ?? 0) > nowMs) continue;
      this.due.set(book, nowMs + (this.dice.chance(0.03) ? 1_000 : this.dice.whole(80, 180)));
      const isLost = this.lost.delete(book.pair.symbol);
      this.moved(book, book.step(isLost), isLost);
    }
  }

  /** The next change of a book, one at the top, is told to nobody. */
  loseNext(symbol: string): void {
    this.lost.add(symbol);
  }

  killSockets(): void {
    for (const socket of this.sockets) socket.kill(this.dice.chance(0.5));
  }

  /** Subscriptions to a book, with their sockets. */
  protected *subscribers<S extends Subscription>(book: TrueBook): Generator<[ForeignSocket, S]> {
    for (const socket of this.sockets)
      for (const subscription of socket.topics.values())
        if (subscription.book === book) yield [socket, subscription as S];
  }
}

/** The text of a message, whatever way the library hands it over. */
export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
