import { setTimeout as delay } from 'node:timers/promises';
import { ForeignExchange, type ForeignSocket, type RestCall } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import type { Level, Levels, TrueBook } from '../true-book.js';
import { type Field, protobuf } from './protobuf.js';

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params?: string[];
}

interface Depth {
  readonly version: number;
  readonly levels: Levels;
}

/** Streams that one connection may carry. */
const MOST_STREAMS = 30;
/** How old the snapshot may be that the first question gets, in changes. */
const OLDEST = 6;

/**
 * Diffs of the whole book in protocol buffers, `fromVersion` one above the last `toVersion`, and a REST snapshot.
 *
 * Fields come in any order with one that nobody knows; the first snapshot is older than the diffs that already ran.
 */
export class Mexc extends ForeignExchange {
  override readonly id = 'mexc';
  override readonly hosts = ['api.mexc.com', 'wbs-api.mexc.com'];
  private readonly versions = new Map<TrueBook, number>();
  private readonly recent = new Map<TrueBook, Depth[]>();
  private readonly asked = new Map<TrueBook, number>();

  constructor() {
    super([bitcoin(800), ether(90), doge(4)], 12);
    for (const [index, book] of this.books.entries()) {
      this.versions.set(book, index === 0 ? 36_913_291_551 : 1);
      this.keep(book);
    }
  }

  override rest({ path, query }: RestCall): unknown {
    if (path === '/api/v3/exchangeInfo') {
      return {
        timezone: 'CST',
        serverTime: Date.now(),
        rateLimits: [],
        exchangeFilters: [],
        symbols: this.books.map(listing),
      };
    }
    if (path === '/api/v1/contract/detail') return { success: true, code: 0, data: [] };
    return path === '/api/v3/depth' ? this.depth(query) : undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { id = 0, method, params = [] } = JSON.parse(text) as Request;
    if (method.toUpperCase() === 'PING') socket.send({ id, code: 0, msg: 'PONG' });
    for (const stream of params) {
      const [name, frequency, symbol] = stream.split('@').slice(1);
      const book = this.books.find(({ pair }) => pair.base + pair.quote === symbol);
      const isKnown = name === 'public.aggre.depth.v3.api.pb' && /^10(0)?ms$/.test(frequency ?? '');
      if (method === 'UNSUBSCRIPTION') socket.topics.delete(stream);
      else if (book && isKnown && socket.topics.size < MOST_STREAMS) socket.topics.set(stream, { book });
      else {
        socket.send({ id, code: 0, msg: `Not Subscribed successfully! [${stream}].  Reason： Blocked! ` });
        return;
      }
    }
    if (params.length > 0) {
      setTimeout(
        () => {
          socket.send({ id, code: 0, msg: params.join(',') });
        },
        this.dice.whole(0, 300),
      );
    }
  }

  protected override moved(book: TrueBook, change: Levels, isLost: boolean): void {
    const from = this.versions.get(book)! + 1;
    const to = from + this.dice.whole(0, 9);
    this.versions.set(book, to);
    this.keep(book);
    if (isLost) return;
    const symbol = book.pair.base + book.pair.quote;
    for (const socket of this.sockets) {
      for (const [stream, subscription] of socket.topics) {
        if (subscription.book !== book) continue;
        const head: Field[] = [
          [1, stream],
          [3, symbol],
          [6, Date.now()],
        ];
        socket.raw(protobuf(this.dice.shuffled([...head, [313, this.depths(book, change, from, to)]])));
      }
    }
  }

  private depths(book: TrueBook, change: Levels, from: number, to: number): Buffer {
    const level = (tag: number, [ticks, lots]: Level): Field => [
      tag,
      protobuf([
        [1, book.price(ticks)],
        [2, lots ? book.size(lots) : '0'],
      ]),
    ];
    const asks = change.asks.map((each) => level(1, each));
    const bids = change.bids.map((each) => level(2, each));
    const rest: Field[] = [
      [3, 'spot@public.aggre.depth.v3.api.pb@100ms'],
      [4, String(from)],
      [5, String(to)],
      [77, 'new'],
    ];
    return protobuf(this.dice.shuffled([...asks, ...bids, ...rest]));
  }

  private keep(book: TrueBook): void {
    const version = this.versions.get(book)!;
    book.remember(version);
    this.recent.set(book, [...(this.recent.get(book) ?? []).slice(-OLDEST), { version, levels: book.levels }]);
  }

  private async depth(query: URLSearchParams): Promise<unknown> {
    const book = this.books.find(({ pair }) => pair.base + pair.quote === query.get('symbol'));
    if (!book) return { code: -1121, msg: 'Invalid symbol.' };
    const times = (this.asked.get(book) ?? 0) + 1;
    this.asked.set(book, times);
    const { version, levels } = this.recent.get(book)!.at(times % 2 === 1 ? 0 : -1)!;
    await delay(this.dice.whole(50, times === 1 ? 800 : 300));
    const limit = Math.min(5_000, Number(query.get('limit') ?? 100));
    const side = (of: readonly Level[]): string[][] =>
      of.slice(0, limit).map(([ticks, lots]) => [book.price(ticks), book.size(lots)]);
    return { lastUpdateId: version, bids: side(levels.bids), asks: side(levels.asks), timestamp: Date.now() };
  }
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: base + quote,
    status: '1',
    baseAsset: base,
    baseAssetPrecision: sizeDecimals,
    quoteAsset: quote,
    quotePrecision: priceDecimals,
    quoteAssetPrecision: priceDecimals,
    baseCommissionPrecision: sizeDecimals,
    quoteCommissionPrecision: priceDecimals,
    orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    quoteAmountPrecision: '1',
    baseSizePrecision: '0.000001',
    permissions: ['SPOT'],
    filters: [],
    maxQuoteAmount: '2000000',
    makerCommission: '0',
    takerCommission: '0.0005',
    tradeSideType: '1',
    fullName: base,
  };
}
