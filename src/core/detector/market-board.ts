import type { AliveEvent, BookStateEvent, ExchangeEvent, FeeEvent } from '../input/market-event.js';
import { type ExchangeId, type Instrument, instrumentKey } from '../market/instrument.js';
import type { BookState, ExchangeState, FeeSource } from '../market/states.js';
import type { BookReader } from '../order-book/book-registry.js';
import type { BookUpdate } from '../order-book/book-update.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';

/** What is known of an exchange as a whole; shared by all its members. */
export interface ExchangeOnBoard {
  readonly id: ExchangeId;
  state: ExchangeState;
  clockOffsetMs: number | null;
}

/** What is known of one instrument beside its book. */
export interface Member {
  readonly instrument: Instrument;
  readonly exchange: ExchangeOnBoard;
  bookState: BookState;
  doubt: string | null;
  book: ReadonlyOrderBook | undefined;
  aliveAtMs: number;
  changedAtMs: number;
  /** How long the newest frame was under way by the exchange's clock, above the least delay seen. */
  transitMs: number;
  /** Last known tops: kept when the book is lost, so that a candidate is refused by its reason and not forgotten. */
  lastBid: number;
  lastAsk: number;
  /** NaN until the exchange told it: nothing pays at an unknown fee. */
  takerFeeBps: number;
  feeSource: FeeSource;
}

/** All instruments that carry the same symbol. */
export interface SymbolGroup {
  readonly symbol: string;
  readonly members: Member[];
}

/** The state of the markets as the input log has told it so far. Bounded by the watched instruments. */
export class MarketBoard {
  private readonly exchanges = new Map<ExchangeId, ExchangeOnBoard>();
  private readonly members = new Map<ExchangeId, Map<string, Member>>();
  private readonly groups = new Map<string, SymbolGroup>();

  /** @param books - The books that the owner keeps. */
  constructor(private readonly books: BookReader) {}

  /**
   * @param symbol - Unified symbol.
   * @returns Its instruments, undefined when none was seen.
   */
  group(symbol: string): SymbolGroup | undefined {
    return this.groups.get(symbol);
  }

  /**
   * Notes that the owner applied an update.
   *
   * @param update - The update.
   * @returns Whose it is.
   */
  takeBook(update: BookUpdate): Member {
    const member = this.member(update.instrument);
    member.book ??= this.books.get(instrumentKey(update.instrument));
    member.aliveAtMs = update.receivedAtMs;
    if (update.bids.length > 0 || update.asks.length > 0) member.changedAtMs = update.receivedAtMs;
    const offset = member.exchange.clockOffsetMs;
    member.transitMs =
      update.exchangeTimeMs === null || offset === null
        ? 0
        : Math.max(0, update.receivedAtMs - update.exchangeTimeMs - offset);
    const book = member.book;
    if (book?.isUsable) {
      if (book.bids.length > 0) member.lastBid = book.bids.price(0);
      if (book.asks.length > 0) member.lastAsk = book.asks.price(0);
    }
    return member;
  }

  /**
   * Notes that a book came to be or was thrown away.
   *
   * @param event - The event.
   * @returns Whose book it is.
   */
  takeBookState(event: BookStateEvent): Member {
    const member = this.member(event.instrument);
    member.bookState = event.state;
    member.doubt = event.reason;
    if (event.state === 'unavailable') {
      member.lastBid = NaN;
      member.lastAsk = NaN;
    }
    return member;
  }

  /**
   * Notes the state and clock of an exchange.
   *
   * @param event - The event.
   * @returns Every instrument of it.
   */
  takeExchange(event: ExchangeEvent): Iterable<Member> {
    const exchange = this.exchange(event.exchange);
    exchange.state = event.state;
    exchange.clockOffsetMs = event.clockOffsetMs;
    return this.members.get(event.exchange)?.values() ?? [];
  }

  /**
   * Notes a proof of life.
   *
   * @param event - The event.
   */
  takeAlive(event: AliveEvent): void {
    const members = this.members.get(event.exchange);
    for (const symbol of event.symbols) {
      const member = members?.get(symbol);
      if (member) member.aliveAtMs = Math.max(member.aliveAtMs, event.atMs);
    }
  }

  /**
   * Notes a taker fee.
   *
   * @param event - The event.
   * @returns Whose fee it is.
   */
  takeFee(event: FeeEvent): Member {
    const member = this.member(event.instrument);
    member.takerFeeBps = event.takerFeeBps;
    member.feeSource = event.source;
    return member;
  }

  /**
   * Forgets an instrument that nobody watches any more.
   *
   * @param member - Whose.
   */
  forget({ instrument: { exchange, symbol } }: Member): void {
    this.members.get(exchange)?.delete(symbol);
    const group = this.groups.get(symbol);
    const left = group?.members.filter((member) => member.instrument.exchange !== exchange) ?? [];
    if (left.length > 0) this.groups.set(symbol, { symbol, members: left });
    else this.groups.delete(symbol);
  }

  private exchange(id: ExchangeId): ExchangeOnBoard {
    let exchange = this.exchanges.get(id);
    if (!exchange) {
      exchange = { id, state: 'connecting', clockOffsetMs: null };
      this.exchanges.set(id, exchange);
    }
    return exchange;
  }

  private member(instrument: Instrument): Member {
    let ofExchange = this.members.get(instrument.exchange);
    if (!ofExchange) {
      ofExchange = new Map();
      this.members.set(instrument.exchange, ofExchange);
    }
    let member = ofExchange.get(instrument.symbol);
    if (!member) {
      member = {
        instrument,
        exchange: this.exchange(instrument.exchange),
        bookState: 'resyncing',
        doubt: null,
        book: undefined,
        aliveAtMs: 0,
        changedAtMs: 0,
        transitMs: 0,
        lastBid: NaN,
        lastAsk: NaN,
        takerFeeBps: NaN,
        feeSource: 'default',
      };
      ofExchange.set(instrument.symbol, member);
      this.join(member);
    }
    return member;
  }

  private join(member: Member): void {
    const { symbol } = member.instrument;
    const group = this.groups.get(symbol);
    if (group) group.members.push(member);
    else this.groups.set(symbol, { symbol, members: [member] });
  }
}
