import type { BookStateEvent, ExchangeEvent, MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus, SymbolStatus } from '../../core/market/exchange-status.js';
import { type ExchangeId, instrumentKey } from '../../core/market/instrument.js';
import type { ExchangeState } from '../../core/market/states.js';
import type { BookReader } from '../../core/order-book/book-registry.js';
import type { ReadonlyOrderBook } from '../../core/order-book/order-book.js';

/** One book as its exchange told of it. */
interface BookLine {
  isLive: boolean;
  /** The last proof of life of its connection, epoch ms; -Infinity before the first. */
  aliveAtMs: number;
  /** Whether it changed, or proved that it lives, since it was last looked at. */
  hasChanged: boolean;
}

/** A book that may be shown now. */
export interface ShownBook {
  readonly exchange: ExchangeId;
  readonly state: ExchangeState;
  readonly aliveAtMs: number;
  readonly book: ReadonlyOrderBook;
}

/**
 * Which books of the followed symbols may be shown: in sync, not crossed in themselves, of an exchange that is connected,
 * and known to hold not long ago. Bounded by the watched symbols on the configured exchanges.
 */
export class BookLines {
  private readonly symbols = new Map<string, Map<ExchangeId, BookLine>>();
  private readonly states = new Map<ExchangeId, ExchangeState>();

  /**
   * @param books - The live books.
   * @param maxAgeMs - Without proof of life for longer, a book is not shown.
   */
  constructor(
    private readonly books: BookReader,
    private readonly maxAgeMs: number,
  ) {}

  /**
   * Follows a symbol from now on.
   *
   * @param symbol - Which.
   * @param statuses - What is known of every exchange now.
   * @param nowMs - Our clock.
   */
  follow(symbol: string, statuses: readonly ExchangeStatus[], nowMs: number): void {
    const lines = new Map<ExchangeId, BookLine>();
    for (const { id, status, symbols } of statuses) {
      this.states.set(id, status);
      const known = symbols.find((one) => one.symbol === symbol);
      if (known && known.state !== 'unavailable') lines.set(id, lineOf(known, nowMs));
    }
    this.symbols.set(symbol, lines);
  }

  /** Forgets a symbol that nobody wants any more. */
  unfollow(symbol: string): void {
    this.symbols.delete(symbol);
  }

  /**
   * Takes what exchanges tell; called with every book update, so that it may cost next to nothing.
   *
   * @returns Whether a book was lost with it, of one symbol or of many.
   */
  take(event: MarketEvent): boolean {
    if (event.type === 'book') {
      const { instrument, receivedAtMs } = event.update;
      const line = this.symbols.get(instrument.symbol)?.get(instrument.exchange);
      if (line) alive(line, receivedAtMs);
      return false;
    }
    if (event.type === 'bookState') return this.takeState(event);
    if (event.type === 'exchange') return this.takeExchange(event);
    if (event.type === 'alive') {
      for (const symbol of event.symbols) {
        const line = this.symbols.get(symbol)?.get(event.exchange);
        if (line) line.aliveAtMs = event.atMs;
      }
    }
    return false;
  }

  /** Whether a book of the symbol changed since {@link settle}. */
  hasChanged(symbol: string, exchange: ExchangeId): boolean {
    return this.symbols.get(symbol)?.get(exchange)?.hasChanged ?? false;
  }

  /** From here on, changes count anew. */
  settle(): void {
    for (const lines of this.symbols.values()) for (const line of lines.values()) line.hasChanged = false;
  }

  /**
   * @param symbol - Which.
   * @param nowMs - Our clock.
   * @returns Its books that may be shown now, by exchange in the order of the alphabet.
   */
  shown(symbol: string, nowMs: number): ShownBook[] {
    const shown: ShownBook[] = [];
    for (const [exchange, { isLive, aliveAtMs }] of this.symbols.get(symbol) ?? []) {
      const state = this.states.get(exchange);
      if (!isLive || !isConnected(state) || nowMs - aliveAtMs > this.maxAgeMs) continue;
      const book = this.books.get(instrumentKey({ exchange, symbol }));
      if (book?.isUsable && !book.isCrossed) shown.push({ exchange, state, aliveAtMs, book });
    }
    return shown.sort((a, b) => (a.exchange < b.exchange ? -1 : 1));
  }

  private takeState({ instrument: { exchange, symbol }, state, atMs }: BookStateEvent): boolean {
    const lines = this.symbols.get(symbol);
    if (!lines) return false;
    const line = lines.get(exchange);
    if (state === 'live') {
      lines.set(exchange, { isLive: true, aliveAtMs: Math.max(line?.aliveAtMs ?? -Infinity, atMs), hasChanged: true });
      return false;
    }
    if (state === 'unavailable') lines.delete(exchange);
    else lines.set(exchange, { isLive: false, aliveAtMs: line?.aliveAtMs ?? -Infinity, hasChanged: true });
    return line?.isLive ?? false;
  }

  private takeExchange({ exchange, state }: ExchangeEvent): boolean {
    const before = this.states.get(exchange);
    this.states.set(exchange, state);
    if (before !== state) this.touch(exchange);
    return isConnected(before) && !isConnected(state);
  }

  private touch(exchange: ExchangeId): void {
    for (const lines of this.symbols.values()) {
      const line = lines.get(exchange);
      if (line) line.hasChanged = true;
    }
  }
}

function alive(line: BookLine, atMs: number): void {
  line.aliveAtMs = atMs;
  line.hasChanged = true;
}

function isConnected(state: ExchangeState | undefined): state is 'live' | 'degraded' {
  return state === 'live' || state === 'degraded';
}

function lineOf({ state, ageMs }: SymbolStatus, nowMs: number): BookLine {
  return {
    isLive: state !== 'resyncing',
    aliveAtMs: ageMs === null ? -Infinity : nowMs - ageMs,
    hasChanged: false,
  };
}
