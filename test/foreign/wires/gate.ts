import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

/** Its clock goes so far behind. */
const CLOCK_BEHIND_MS = 90_000;

interface BookSubscription extends Subscription {
  readonly stream: string;
  readonly window: ShownWindow;
}

interface Request {
  readonly id?: number;
  readonly channel: string;
  readonly event?: string;
  readonly payload?: string[];
}

/**
 * Windows of 50 or 400 levels: a full push first, repeated whenever the server likes, then pushes with `U` and `u`.
 *
 * The full push overtakes the acknowledgement, and a side that did not change is absent.
 */
export class Gate extends ForeignExchange {
  override readonly id = 'gate';
  override readonly hosts = ['api.gateio.ws'];
  private readonly depthIds = new Map<TrueBook, number>();

  constructor() {
    super([bitcoin(500, 1), ether(30), doge(4)], 7);
    for (const [index, book] of this.books.entries()) this.depthIds.set(book, index === 0 ? 39_106_162_812 : 0);
  }

  override rest({ path }: RestCall): unknown {
    if (path === '/api/v4/spot/currency_pairs') return this.books.map(listing);
    if (path === '/api/v4/spot/currencies') {
      return this.books.map(({ pair }) => ({ currency: pair.base, name: pair.base, delisted: false, chains: [] }));
    }
    return path.startsWith('/api/v4/') ? [] : undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { id, channel, event, payload = [] } = JSON.parse(text) as Request;
    const head = { time: Math.floor(Date.now() / 1_000), time_ms: Date.now(), channel, conn_id: 'ac0f349dda829310' };
    if (channel === 'spot.ping') socket.send({ ...head, channel: 'spot.pong', event: '', result: null });
    if (channel !== 'spot.obu') return;
    for (const stream of payload) {
      const [, pair = '', depth] = stream.split('.');
      const book = this.books.find(({ pair: { base, quote } }) => `${base}_${quote}` === pair);
      if (event === 'unsubscribe') socket.topics.delete(stream);
      else if (!book || socket.topics.has(stream)) {
        socket.send({ ...head, id, event, error: { code: 2, message: `Alert sub ${stream}` }, result: null });
        return;
      } else {
        const subscription = { book, stream, window: new ShownWindow(book, Number(depth)) };
        socket.topics.set(stream, subscription);
        book.remember(this.depthIds.get(book)!);
        this.push(socket, subscription, { full: true }, subscription.window.levels);
      }
    }
    socket.send({ ...head, id, event, payload, result: { status: 'success' }, requestId: '21506febc96780cfa9a68dd2' });
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    const first = this.depthIds.get(book)! + 1;
    this.depthIds.set(book, first + this.dice.whole(0, 5));
    book.remember(this.depthIds.get(book)!);
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const change = subscription.window.move(book.pair.base === 'BTC');
      if (isLost) continue;
      if (this.dice.chance(0.03)) this.push(socket, subscription, { full: true }, subscription.window.levels);
      else this.push(socket, subscription, { U: first }, change);
    }
  }

  private push(socket: ForeignSocket, { book, stream }: BookSubscription, kind: object, { bids, asks }: Levels): void {
    const result = {
      ...kind,
      t: Date.now() - CLOCK_BEHIND_MS,
      s: stream,
      u: this.depthIds.get(book)!,
      ...(bids.length > 0 ? { b: rows(book, bids) } : {}),
      ...(asks.length > 0 ? { a: rows(book, asks) } : {}),
    };
    socket.send({ channel: 'spot.obu', result, time_ms: Date.now(), event: 'update' });
  }
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  // Without trailing zeros, as this exchange writes them.
  return levels.map(([ticks, lots]) => [book.price(ticks).replace(/\.?0+$/, ''), lots ? book.size(lots) : '0']);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    id: `${base}_${quote}`,
    base,
    base_name: base,
    quote,
    quote_name: quote,
    fee: '0.2',
    min_base_amount: '0.000001',
    min_quote_amount: '3',
    max_quote_amount: '5000000',
    amount_precision: sizeDecimals,
    precision: priceDecimals,
    trade_status: 'tradable',
    sell_start: 0,
    buy_start: 0,
    type: 'normal',
    slippage: '0.03',
  };
}
