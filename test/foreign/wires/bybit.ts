import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface BookSubscription extends Subscription {
  readonly topic: string;
  readonly window: ShownWindow;
  u: number;
}

/** Topics that one request may name. */
const MOST_TOPICS = 10;

interface Request {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: string[];
}

/**
 * Windows of 1, 50, 200 or 1,000 levels with ids that rise by one.
 *
 * At times the service restarts: a snapshot with `u` = 1 comes unasked. Requests are acknowledged after the snapshots.
 */
export class Bybit extends ForeignExchange {
  override readonly id = 'bybit';
  override readonly hosts = ['api.bybit.com', 'stream.bybit.com'];
  private seq = 7_961_638_724;

  constructor() {
    super([bitcoin(300, 1), ether(60), doge(4)], 3);
  }

  override rest({ path, query }: RestCall): unknown {
    if (path !== '/v5/market/instruments-info') return undefined;
    const category = query.get('category');
    const list = category === 'spot' ? this.books.map(listing) : [];
    return {
      retCode: 0,
      retMsg: 'OK',
      result: { category, list, nextPageCursor: '' },
      retExtInfo: {},
      time: Date.now(),
    };
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { op, req_id: requestId, args } = JSON.parse(text) as Request;
    const answer = { success: true, ret_msg: op === 'ping' ? 'pong' : op, conn_id: 'd9avtftc9enb', op };
    if ((args?.length ?? 0) > MOST_TOPICS) {
      socket.send({ ...answer, success: false, ret_msg: `args size >${MOST_TOPICS}`, req_id: requestId });
      return;
    }
    for (const topic of args ?? []) {
      const [, depth, id] = topic.split('.');
      const book = this.books.find(({ pair }) => pair.base + pair.quote === id);
      if (!book || op === 'unsubscribe') socket.topics.delete(topic);
      else {
        const subscription = {
          book,
          topic,
          window: new ShownWindow(book, Number(depth)),
          u: this.dice.whole(1, 90_000),
        };
        socket.topics.set(topic, subscription);
        book.remember(subscription.u);
        this.tell(socket, subscription, 'snapshot', subscription.window.levels);
      }
    }
    socket.send({ ...answer, ...(requestId === undefined ? {} : { req_id: requestId }) });
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const change = subscription.window.move(book.pair.base === 'BTC');
      if (!isLost && this.dice.chance(0.03)) {
        subscription.u = 1;
        book.remember(subscription.u);
        this.tell(socket, subscription, 'snapshot', subscription.window.levels);
        continue;
      }
      subscription.u += 1;
      book.remember(subscription.u);
      if (!isLost) this.tell(socket, subscription, 'delta', change);
    }
  }

  private tell(socket: ForeignSocket, subscription: BookSubscription, type: string, levels: Levels): void {
    const { book, topic, u } = subscription;
    const s = book.pair.base + book.pair.quote;
    const ts = Date.now();
    this.seq += this.dice.whole(1, 600);
    const data = { s, b: rows(book, levels.bids), a: rows(book, levels.asks), u, seq: this.seq };
    socket.send({ topic, type, ts, data, cts: ts - 2 });
  }
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  return levels.map(([ticks, lots]) => [book.price(ticks), lots ? book.size(lots) : '0']);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: base + quote,
    baseCoin: base,
    quoteCoin: quote,
    innovation: '0',
    status: 'Trading',
    marginTrading: 'none',
    stTag: '0',
    lotSizeFilter: {
      basePrecision: (10 ** -sizeDecimals).toFixed(8),
      quotePrecision: '0.0000001',
      minOrderQty: '0.000011',
      maxOrderQty: '83',
      minOrderAmt: '5',
      maxOrderAmt: '8000000',
    },
    priceFilter: { tickSize: (10 ** -priceDecimals).toFixed(5) },
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
  };
}
