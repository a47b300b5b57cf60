import type { Member, WatchedRoute } from './board-member.js';
import { MarketBoard } from './market-board.js';
import type { ExchangeState } from '../market/states.js';
import { BookRegistry } from '../order-book/book-registry.js';

/** A board of markets whose books a test sets. */
export class BoardRig {
  readonly books = new BookRegistry(50);
  readonly board = new MarketBoard(this.books);
  nowMs = 1_000_000;

  /** A live book with one level a side and a fee; a price of null is an empty side. */
  list(exchange: string, symbol: string, bid: number | null, ask: number | null, takerFeeBps = 0): this {
    const instrument = { exchange, symbol };
    const atMs = this.nowMs;
    this.state(exchange, 'live');
    this.board.takeBookState({ type: 'bookState', instrument, state: 'live', reason: null, atMs });
    this.board.takeFee({ type: 'fee', instrument, takerFeeBps, source: 'market', atMs });
    const side = (price: number | null): number[] => (price === null ? [] : [price, 100]);
    const frame = {
      v: 1,
      instrument,
      kind: 'snapshot',
      sequence: 1,
      exchangeTimeMs: atMs,
      receivedAtMs: atMs,
    } as const;
    const update = { ...frame, bids: side(bid), asks: side(ask) };
    this.books.open(instrument).apply(update);
    this.board.takeBook(update);
    return this;
  }

  state(exchange: string, state: ExchangeState): this {
    this.board.takeExchange({ type: 'exchange', exchange, state, clockOffsetMs: 0, atMs: this.nowMs });
    return this;
  }

  member(exchange: string, symbol: string): Member {
    return this.board.find({ exchange, symbol }) as Member;
  }

  route([buyExchange, buySymbol]: [string, string], [sellExchange, sellSymbol]: [string, string]): WatchedRoute {
    const seller = this.member(sellExchange, sellSymbol);
    const link = this.member(buyExchange, buySymbol).links.find(({ other }) => other === seller);
    if (!link) throw new Error(`no route from ${buyExchange} ${buySymbol} to ${sellExchange} ${sellSymbol}`);
    return link.buying;
  }
}
