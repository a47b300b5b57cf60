import type { ExchangeId } from '../../core/market/instrument.js';
import { type MarketEvent, NOT_WATCHED } from '../../core/input/market-event.js';
import type { OrderBook } from '../../core/order-book/order-book.js';
import type { BookRegistry } from '../../core/order-book/book-registry.js';
import { BookLine, type BookRules, type DistrustReason, type DraftUpdate } from './book-line.js';

/** Where events go; called synchronously, in order. */
export type EmitEvent = (event: MarketEvent) => void;

/**
 * Owns the books of one exchange: applies frames, distrusts at the first doubt, and tells each step as an event.
 *
 * Order of events: a `book` event comes when its update is applied and nothing later is; when it is the snapshot that
 * makes the book usable, `bookState` live follows it. So whoever replays the events into books of their own sees the
 * same book at the same event. A frame that brings a book into doubt is never emitted: `bookState` resyncing is.
 */
export class BookDesk {
  private readonly byLine = new Map<string, BookLine>();
  private updateCount = 0;
  private resyncCount = 0;

  /**
   * @param exchange - Whose books.
   * @param registry - Holds the books for readers.
   * @param depth - Levels per side that are promised; a book known to fewer than half of it asks anew.
   * @param emit - Takes the events.
   */
  constructor(
    readonly exchange: ExchangeId,
    private readonly registry: BookRegistry,
    private readonly depth: number,
    private readonly emit: EmitEvent,
  ) {}

  /** Every instrument asked for, listed there or not; bounded by the watched symbols. */
  get lines(): ReadonlyMap<string, BookLine> {
    return this.byLine;
  }

  /** Updates applied since the start. */
  get updates(): number {
    return this.updateCount;
  }

  /** Live books thrown away since the start. */
  get resyncs(): number {
    return this.resyncCount;
  }

  /** The line of a symbol, made when it did not exist and told as not yet usable. */
  open(symbol: string, atMs: number): BookLine {
    const known = this.byLine.get(symbol);
    if (known) return known;
    const instrument = { exchange: this.exchange, symbol };
    const line = new BookLine(instrument, this.registry.open(instrument));
    this.byLine.set(symbol, line);
    this.tell(line, 'resyncing', 'connecting', atMs);
    return line;
  }

  /**
   * Applies a frame to its book, proves the book and tells it.
   *
   * @param line - Whose frame.
   * @param update - The frame; levels cut to the fed depth are appended as removals.
   * @param rules - What the feed promises.
   * @param checksum - The exchange's checksum after this frame, null when it carries none.
   * @returns Null when the book stands; else why it was thrown away, and the caller asks for a new one.
   */
  take(line: BookLine, update: DraftUpdate, rules: BookRules, checksum: number | null): DistrustReason | null {
    const { book } = line;
    if (update.kind === 'delta' && !book.isUsable) return null;
    try {
      book.apply(update);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.distrust(line, 'bad_level', update.receivedAtMs);
    }
    if (rules.fedDepth !== null) cut(line, update, rules.fedDepth);
    const doubt = this.doubt(book, rules, checksum);
    if (doubt !== null) return this.distrust(line, doubt, update.receivedAtMs);
    if (update.bids.length > 0 || update.asks.length > 0) line.changedAtMs = update.receivedAtMs;
    line.aliveAtMs = update.receivedAtMs;
    this.updateCount += 1;
    this.emit({ type: 'book', update });
    if (line.state !== 'live') this.tell(line, 'live', null, update.receivedAtMs);
    return null;
  }

  /** Throws a book away; a symbol that is not listed stays so. */
  discard(line: BookLine, reason: DistrustReason, atMs: number): void {
    if (line.state === 'unavailable') return;
    this.distrust(line, reason, atMs);
  }

  /** Notes that the exchange lists the symbol; ends only that it did not. */
  available(line: BookLine, atMs: number): void {
    if (line.state === 'unavailable') this.tell(line, 'resyncing', 'connecting', atMs);
  }

  /** Forgets a symbol that is no longer watched; told as unavailable with {@link NOT_WATCHED}, and never again. */
  close(line: BookLine, atMs: number): void {
    this.unavailable(line, NOT_WATCHED, atMs);
    this.byLine.delete(line.instrument.symbol);
    this.registry.close(line.instrument);
  }

  /** Notes that the exchange does not list the symbol; never fatal. */
  unavailable(line: BookLine, reason: string, atMs: number): void {
    line.book.discard();
    this.tell(line, 'unavailable', reason, atMs);
  }

  /** Notes proof of life of the connection that carries these lines. */
  alive(lines: readonly BookLine[], atMs: number): void {
    for (const line of lines) line.aliveAtMs = atMs;
    const symbols = lines.map((line) => line.instrument.symbol);
    this.emit({ type: 'alive', exchange: this.exchange, symbols, atMs });
  }

  private doubt(book: OrderBook, rules: BookRules, checksum: number | null): DistrustReason | null {
    if (checksum !== null && rules.checksum !== null && rules.checksum(book) !== checksum) return 'checksum';
    if (book.isCrossed) return 'crossed_book';
    const least = Math.min(this.depth, rules.shownDepth ?? Infinity) / 2;
    return book.bids.isShallow(least) || book.asks.isShallow(least) ? 'shallow' : null;
  }

  private distrust(line: BookLine, reason: DistrustReason, atMs: number): DistrustReason {
    line.book.discard();
    if (line.state === 'live') this.resyncCount += 1;
    this.tell(line, 'resyncing', reason, atMs);
    return reason;
  }

  private tell(line: BookLine, state: BookLine['state'], reason: string | null, atMs: number): void {
    if (line.state === state && line.reason === reason) return;
    line.state = state;
    line.reason = reason;
    this.emit({ type: 'bookState', instrument: line.instrument, state, reason, atMs });
  }
}

function cut(line: BookLine, update: DraftUpdate, depth: number): void {
  const { bids, asks } = line.book;
  if (bids.length > depth) for (const value of bids.truncate(depth)) update.bids.push(value);
  if (asks.length > depth) for (const value of asks.truncate(depth)) update.asks.push(value);
}
