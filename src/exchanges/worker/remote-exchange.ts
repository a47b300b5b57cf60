import { type BookEvent, type BookStateEvent, type MarketEvent, NOT_WATCHED } from '../../core/input/market-event.js';
import type { ExchangeFault, ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { BookRegistry } from '../../core/order-book/book-registry.js';
import { BookLine, type DistrustReason } from '../books/book-line.js';
import { symbolStatus } from '../supervision/symbol-status.js';

/** What a worker counts anew with each life. */
type Counts = Pick<
  ExchangeStatus,
  'messages' | 'updates' | 'resyncs' | 'reconnects' | 'sequenceBreaks' | 'strayFaults'
>;

const NONE: Counts = { messages: 0, updates: 0, resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0 };

/** One exchange of a worker as the main thread sees it: its books, kept from what the worker tells, and its status. */
export class RemoteExchange {
  private readonly lines = new Map<string, BookLine>();
  /** Assets whose balance is known; bounded by the watched ones. */
  private readonly balances = new Set<string>();
  private told: ExchangeStatus;
  private before = NONE;
  private fault: ExchangeFault | null = null;

  /**
   * @param id - The exchange.
   * @param registry - Holds the books for readers.
   * @param maxAgeMs - Without proof of life for longer, a book is stale.
   */
  constructor(
    readonly id: ExchangeId,
    private readonly registry: BookRegistry,
    private readonly maxAgeMs: number,
  ) {
    this.told = {
      id,
      status: 'connecting',
      integrity: 'unverified',
      clockOffsetMs: null,
      messagesPerSecond: 0,
      ...NONE,
      lastError: null,
      symbols: [],
    };
  }

  /** Applies an event; whoever is told of it afterwards sees the book as of it. */
  take(event: MarketEvent): void {
    switch (event.type) {
      case 'book':
        this.takeBook(event);
        return;
      case 'bookState':
        this.takeBookState(event);
        return;
      case 'alive':
        for (const symbol of event.symbols) {
          const line = this.lines.get(symbol);
          if (line) line.aliveAtMs = event.atMs;
        }
        return;
      case 'exchange':
        this.told = { ...this.told, status: event.state, clockOffsetMs: event.clockOffsetMs };
        return;
      case 'balance':
        if (event.free === null) this.balances.delete(event.asset);
        else this.balances.add(event.asset);
        return;
      case 'fee':
      case 'asset':
    }
  }

  /** Takes the status as the worker tells it: when it changed, and once a second. */
  takeStatus(status: ExchangeStatus): void {
    this.told = status;
  }

  /** Everything that is known of the exchange now. */
  status(nowMs: number): ExchangeStatus {
    const { told, before } = this;
    return {
      ...told,
      messages: before.messages + told.messages,
      updates: before.updates + told.updates,
      resyncs: before.resyncs + told.resyncs,
      reconnects: before.reconnects + told.reconnects,
      sequenceBreaks: before.sequenceBreaks + told.sequenceBreaks,
      strayFaults: before.strayFaults + told.strayFaults,
      lastError: told.lastError ?? this.fault,
      symbols: [...this.lines.values()].map((line) => symbolStatus(line, nowMs, this.maxAgeMs)),
    };
  }

  /**
   * Throws every book away: nobody watches this exchange now.
   *
   * @param message - Why, for people.
   * @param atMs - Our clock.
   * @returns What is to be told of it, in order.
   */
  lost(message: string, atMs: number): MarketEvent[] {
    const reason: DistrustReason = 'worker_lost';
    const listed = [...this.lines.values()].filter((line) => line.state !== 'unavailable');
    const status = this.status(atMs);
    const thrownAway = listed.filter((line) => line.state === 'live').length;
    this.before = { ...status, resyncs: status.resyncs + thrownAway };
    this.told = { ...this.told, ...NONE, lastError: null };
    this.fault = { code: reason, message, host: null, atMs, untilMs: null };
    const events: MarketEvent[] = listed.map(({ instrument }) => {
      return { type: 'bookState', instrument, state: 'resyncing', reason, atMs };
    });
    events.push({ type: 'exchange', exchange: this.id, state: 'down', clockOffsetMs: status.clockOffsetMs, atMs });
    // The next worker does not know what this one told, and the key may be gone by then.
    for (const asset of this.balances) {
      events.push({ type: 'balance', exchange: this.id, asset, free: null, atMs });
    }
    for (const event of events) this.take(event);
    return events;
  }

  /**
   * Forgets the books of symbols that are not watched any more, where no worker runs that would tell of it.
   *
   * @param watched - What still is.
   * @param atMs - Our clock.
   * @returns What is to be told of it.
   */
  forget(watched: ReadonlySet<string>, atMs: number): MarketEvent[] {
    const gone = [...this.lines.values()].filter((line) => !watched.has(line.instrument.symbol));
    const events: MarketEvent[] = gone.map(({ instrument }) => {
      return { type: 'bookState', instrument, state: 'unavailable', reason: NOT_WATCHED, atMs };
    });
    for (const event of events) this.take(event);
    return events;
  }

  private takeBook({ update }: BookEvent): void {
    const line = this.line(update.instrument.symbol);
    line.book.apply(update);
    line.aliveAtMs = update.receivedAtMs;
    if (update.bids.length > 0 || update.asks.length > 0) line.changedAtMs = update.receivedAtMs;
  }

  private takeBookState({ instrument, state, reason }: BookStateEvent): void {
    const line = this.line(instrument.symbol);
    line.state = state;
    line.reason = reason;
    if (state !== 'live') line.book.discard();
    if (reason === NOT_WATCHED) this.close(line);
  }

  private close({ instrument }: BookLine): void {
    this.lines.delete(instrument.symbol);
    this.registry.close(instrument);
  }

  private line(symbol: string): BookLine {
    let line = this.lines.get(symbol);
    if (!line) {
      const instrument = { exchange: this.id, symbol };
      line = new BookLine(instrument, this.registry.open(instrument));
      this.lines.set(symbol, line);
    }
    return line;
  }
}
