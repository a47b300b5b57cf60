import type { MarketEvent } from '../../../core/input/market-event.js';
import { BookRegistry } from '../../../core/order-book/book-registry.js';
import type { OrderBook } from '../../../core/order-book/order-book.js';
import { BookDesk } from '../../books/book-desk.js';
import type { BookLine } from '../../books/book-line.js';
import type { BookCodec, CodecKind, CodecSink, Frame } from './codec.js';

/** For specs: a codec with real books behind it and a clock that a test moves; everything it tells is kept. */
export class CodecRig {
  readonly events: MarketEvent[] = [];
  readonly broken: string[] = [];
  readonly refused: string[] = [];
  readonly wanted: string[] = [];
  readonly sent: string[] = [];
  readonly codec: BookCodec;
  readonly line: BookLine;
  nowMs = 1_000;
  private readonly desk: BookDesk;

  constructor(
    private readonly kind: CodecKind,
    market: { exchange: string; symbol: string; id: string; decimals?: [number, number] },
    capacity = 200,
    depth = 50,
  ) {
    const registry = new BookRegistry(capacity);
    this.desk = new BookDesk(market.exchange, registry, depth, (event) => this.events.push(event));
    this.line = this.desk.open(market.symbol, this.nowMs);
    const [priceDecimals, sizeDecimals] = market.decimals ?? [0, 0];
    const sink: CodecSink = {
      update: (line, update, rules, checksum) => this.desk.take(line, update, rules, checksum) === null,
      broken: (line, reason) => {
        this.broken.push(`${line.instrument.symbol} ${reason}`);
        this.desk.discard(line, reason, this.nowMs);
        return true;
      },
      lost: (reason) => {
        this.broken.push(`* ${reason}`);
        this.desk.discard(this.line, reason, this.nowMs);
        return true;
      },
      refused: (line, message) => this.refused.push(`${line?.instrument.symbol ?? '?'} ${message}`),
      wantsSnapshot: (id) => this.wanted.push(id),
      send: (frame) => this.sent.push(frame),
    };
    const codecMarket = { line: this.line, id: market.id, priceDecimals, sizeDecimals };
    this.codec = kind.create([codecMarket], kind.fedDepth(depth), sink);
  }

  get book(): OrderBook {
    return this.line.book;
  }

  /** What was told of the book, in order. */
  get states(): string[] {
    return this.events.flatMap((event) => (event.type === 'bookState' ? [event.reason ?? event.state] : []));
  }

  /** Lets a frame arrive as JSON, one millisecond after the one before. */
  receive(frame: object): boolean {
    return this.receiveBytes(Buffer.from(JSON.stringify(frame)), false);
  }

  /** Lets a frame arrive as the socket gives it. */
  receiveBytes(data: Buffer, isBinary: boolean): boolean {
    this.nowMs += 1;
    if (this.codec.readBytes?.(data, this.nowMs) === true) return true;
    const message = this.kind.decode ? this.kind.decode(data, isBinary) : (JSON.parse(data.toString()) as unknown);
    return this.codec.read(message as Frame, this.nowMs);
  }

  /** The best levels, `bids | asks`. */
  top(depth = 3): string {
    const side = (levels: readonly (readonly [number, number])[]): string =>
      levels.map(([price, size]) => `${price}×${size}`).join(' ');
    return `${side(this.book.bids.top(depth))} | ${side(this.book.asks.top(depth))}`;
  }
}
