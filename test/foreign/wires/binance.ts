import { setTimeout as delay } from 'node:timers/promises';
import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface Depth {
  readonly lastUpdateId: number;
  readonly levels: Levels;
}

/** How old the snapshot may be that the first question gets. */
const OLDEST = 6;

/**
 * Diffs of the whole book, with a snapshot that is asked for by REST.
 *
 * The first snapshot of a book is older than the diffs that already ran, and comes up to a second late; the diffs begin
 * before the subscription is acknowledged.
 */
export class Binance extends ForeignExchange {
  override readonly id = 'binance';
  override readonly hosts = ['api.binance.com', 'stream.binance.com:9443'];
  private readonly updateIds = new Map<TrueBook, number>();
  private readonly recent = new Map<TrueBook, Depth[]>();
  private readonly asked = new Map<TrueBook, number>();

  constructor() {
    super([bitcoin(1_000), ether(120), doge(4)], 1);
    for (const [index, book] of this.books.entries()) {
      // Near the largest whole number that a double holds, as ids of long-lived engines once will be.
      this.updateIds.set(book, index === 0 ? Number.MAX_SAFE_INTEGER - 5_000_000 : 1);
      this.keep(book);
    }
  }

  override rest({ path, query }: RestCall): unknown {
    if (path === '/api/v3/exchangeInfo') {
      return { timezone: 'UTC', serverTime: Date.now(), rateLimits: [], symbols: this.books.map(listing) };
    }
    if (path === '/api/v3/depth') return this.depth(query);
    return undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { method, params, id } = JSON.parse(text) as { method: string; params: string[]; id: number | string };
    for (const stream of params) {
      const book = this.books.find(({ pair }) => stream.startsWith(`${pair.base}${pair.quote}@depth`.toLowerCase()));
      if (method === 'SUBSCRIBE' && book) socket.topics.set(stream, { book });
      if (method === 'UNSUBSCRIBE') socket.topics.delete(stream);
    }
    setTimeout(
      () => {
        socket.send({ result: null, id });
      },
      this.dice.whole(0, 400),
    );
  }

  protected override moved(book: TrueBook, change: Levels, isLost: boolean): void {
    const first = this.updateIds.get(book)! + 1;
    const last = first + this.dice.whole(0, 12);
    this.updateIds.set(book, last);
    this.keep(book);
    if (isLost) return;
    const data = {
      e: 'depthUpdate',
      E: Date.now(),
      s: book.pair.base + book.pair.quote,
      U: first,
      u: last,
      b: rows(book, change.bids),
      a: rows(book, change.asks),
    };
    for (const [socket] of this.subscribers<Subscription>(book)) {
      const stream = `${data.s.toLowerCase()}@depth@100ms`;
      socket.send(socket.path.startsWith('/stream') ? { stream, data } : data);
    }
  }

  private keep(book: TrueBook): void {
    const lastUpdateId = this.updateIds.get(book)!;
    book.remember(lastUpdateId);
    const recent = this.recent.get(book) ?? [];
    this.recent.set(book, [...recent.slice(-OLDEST), { lastUpdateId, levels: book.levels }]);
  }

  private async depth(query: URLSearchParams): Promise<unknown> {
    const book = this.books.find(({ pair }) => pair.base + pair.quote === query.get('symbol'));
    if (!book) return { code: -1121, msg: 'Invalid symbol.' };
    const times = (this.asked.get(book) ?? 0) + 1;
    this.asked.set(book, times);
    // Taken now or long ago, delivered later: diffs go on meanwhile.
    const { lastUpdateId, levels } = this.recent.get(book)!.at(times % 2 === 1 ? 0 : -1)!;
    await delay(this.dice.whole(100, times === 1 ? 1_000 : 300));
    const limit = Math.min(5_000, Number(query.get('limit') ?? 100));
    const side = (of: readonly Level[]): string[][] => rows(book, of.slice(0, limit));
    return { lastUpdateId, bids: side(levels.bids), asks: side(levels.asks) };
  }
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  return levels.map(([ticks, lots]) => [`${book.price(ticks)}000000`, book.size(lots).padEnd(10, '0')]);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: base + quote,
    status: 'TRADING',
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quoteAssetPrecision: 8,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: '0.01',
        maxPrice: '1000000.00',
        tickSize: (10 ** -priceDecimals).toFixed(8),
      },
      { filterType: 'LOT_SIZE', minQty: '0.00000001', maxQty: '9000.0', stepSize: (10 ** -sizeDecimals).toFixed(8) },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    somethingNew: { that: 'nobody knows yet' },
  };
}
