import type { AliveEvent, BookStateEvent, ExchangeEvent, FeeEvent } from '../input/market-event.js';
import { type ExchangeId, type Instrument, instrumentKey } from '../market/instrument.js';
import { isJoinable, productOf } from '../market/product.js';
import { parseSymbol } from '../market/symbol.js';
import { tradedUnit } from '../market/traded-unit.js';
import type { BookReader } from '../order-book/book-registry.js';
import type { BookUpdate } from '../order-book/book-update.js';
import { type ExchangeOnBoard, type Link, type Listing, Member, WatchedRoute } from './board-member.js';
import { QuoteTops } from './quote-tops.js';

/** All instruments of one asset, whatever their quote. */
export interface AssetGroup {
  readonly asset: string;
  readonly members: readonly Member[];
  /** When its spreads were last looked at. */
  sampledAtMs: number;
  /** When its price ratios were last looked at. */
  ratiosAtMs: number;
}

/** The state of the markets as the input log has told it so far. Bounded by the watched instruments. */
export class MarketBoard {
  private readonly exchanges = new Map<ExchangeId, ExchangeOnBoard>();
  private readonly byExchange = new Map<ExchangeId, Map<string, Member>>();
  private readonly bySymbol = new Map<string, Member[]>();
  private readonly byAsset = new Map<string, Member[]>();
  private readonly topsOf = new Map<string, QuoteTops>();
  private grouped: readonly AssetGroup[] | null = null;

  /** @param books - The books that the owner keeps. */
  constructor(private readonly books: BookReader) {}

  /**
   * @param instrument - Whose.
   * @returns What is known of it, undefined when it was never seen.
   */
  find({ exchange, symbol }: Instrument): Member | undefined {
    return this.byExchange.get(exchange)?.get(symbol);
  }

  /**
   * @param symbol - Unified symbol.
   * @returns Its instruments on all exchanges.
   */
  listed(symbol: string): readonly Member[] {
    return this.bySymbol.get(symbol) ?? [];
  }

  /** @returns All instruments by asset, in the order in which they were first seen. */
  groups(): readonly AssetGroup[] {
    this.grouped ??= [...this.byAsset].map(([asset, members]) => {
      return { asset, members, sampledAtMs: -Infinity, ratiosAtMs: -Infinity };
    });
    return this.grouped;
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
    takeTops(member);
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
    if (event.state !== 'live') member.isWhole = false;
    if (event.state === 'unavailable') member.noteTops(NaN, NaN);
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
    return this.byExchange.get(event.exchange)?.values() ?? [];
  }

  /**
   * Notes a proof of life.
   *
   * @param event - The event.
   */
  takeAlive(event: AliveEvent): void {
    const members = this.byExchange.get(event.exchange);
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
  forget(member: Member): void {
    const { exchange, symbol } = member.instrument;
    this.byExchange.get(exchange)?.delete(symbol);
    leave(this.bySymbol, symbol, member);
    leave(this.byAsset, member.asset, member);
    this.grouped = null;
    for (const { other } of member.links) other.linkTo(other.links.filter((link) => link.other !== member));
    member.forget();
    const key = quotedAsset(member);
    if (this.topsOf.get(key)?.isEmpty) this.topsOf.delete(key);
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
    let ofExchange = this.byExchange.get(instrument.exchange);
    if (!ofExchange) {
      ofExchange = new Map();
      this.byExchange.set(instrument.exchange, ofExchange);
    }
    let member = ofExchange.get(instrument.symbol);
    if (!member) {
      member = this.newMember(instrument);
      ofExchange.set(instrument.symbol, member);
      this.join(member);
    }
    return member;
  }

  private newMember(instrument: Instrument): Member {
    const { exchange, symbol } = instrument;
    const parts = parseSymbol(symbol) ?? { base: symbol, quote: '', settle: null };
    const { base, quote } = parts;
    const listing = { base, quote, product: productOf(parts), ...tradedUnit(exchange, base) };
    return new Member(instrument, this.exchange(exchange), listing, this.tops(listing));
  }

  private tops(listing: Listing): QuoteTops {
    const key = quotedAsset(listing);
    let tops = this.topsOf.get(key);
    if (!tops) this.topsOf.set(key, (tops = new QuoteTops()));
    return tops;
  }

  private join(member: Member): void {
    const group = this.byAsset.get(member.asset) ?? [];
    const links: Link[] = [];
    for (const other of group) {
      // Two quotes of one exchange are a conversion there and no spread between exchanges.
      if (other.exchange === member.exchange || !isJoinable(member.product, other.product)) continue;
      const there = new WatchedRoute(member, other);
      const back = new WatchedRoute(other, member);
      links.push(linkTo(other, there, back));
      other.linkTo([...other.links, linkTo(member, back, there)]);
    }
    member.linkTo(links);
    this.byAsset.set(member.asset, [...group, member]);
    this.grouped = null;
    const { symbol } = member.instrument;
    this.bySymbol.set(symbol, [...(this.bySymbol.get(symbol) ?? []), member]);
  }
}

function quotedAsset({ asset, quote }: Pick<Listing, 'asset' | 'quote'>): string {
  return `${asset}/${quote}`;
}

function linkTo(other: Member, buying: WatchedRoute, selling: WatchedRoute): Link {
  const { route, hasTwoQuotes } = buying;
  return { other, route, hasTwoQuotes, buying, selling, ratio: null };
}

function takeTops(member: Member): void {
  const { book, unit } = member;
  member.isWhole = false;
  if (!book?.isUsable) return;
  const { bids, asks } = book;
  const hasBids = bids.length > 0;
  const hasAsks = asks.length > 0;
  member.noteTops(hasBids ? bids.price(0) / unit : member.lastBid, hasAsks ? asks.price(0) / unit : member.lastAsk);
  member.isWhole = hasBids && hasAsks && !book.isCrossed;
}

function leave(index: Map<string, Member[]>, key: string, member: Member): void {
  const left = (index.get(key) ?? []).filter((other) => other !== member);
  if (left.length > 0) index.set(key, left);
  else index.delete(key);
}
