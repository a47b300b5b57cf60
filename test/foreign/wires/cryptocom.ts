import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface BookSubscription extends Subscription {
  readonly name: string;
  readonly window: ShownWindow;
  /** Whole books twice a second, unless updates were asked for. */
  readonly hasUpdates: boolean;
  u: number;
}

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params?: { channels: string[]; book_subscription_type?: string };
}

/** Who does not answer a heartbeat for so long is left. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Windows of 10 or 50 levels chained by `pu` and `u`, ids that stand now as numbers, now as strings.
 *
 * Heartbeats want an answer; a book that rests is told by updates without levels.
 */
export class Cryptocom extends ForeignExchange {
  override readonly id = 'cryptocom';
  override readonly hosts = ['api.crypto.com', 'stream.crypto.com'];
  private readonly ids = new Map<TrueBook, number>();
  private readonly unanswered = new Map<ForeignSocket, number>();

  constructor() {
    super([bitcoin(250), ether(55), doge(4)], 9);
    for (const book of this.books) this.ids.set(book, 354_884_821_435_232);
  }

  override rest({ path }: RestCall): unknown {
    if (path !== '/exchange/v1/public/get-instruments') return undefined;
    return { id: 1, method: 'public/get-instruments', code: 0, result: { data: this.books.map(listing) } };
  }

  override beat(): void {
    super.beat();
    const id = Date.now();
    for (const socket of this.sockets) {
      const sent = this.unanswered.get(socket);
      if (sent !== undefined && id - sent > ANSWER_WITHIN_MS) socket.kill(true);
      else if (sent === undefined && this.dice.chance(0.3)) {
        this.unanswered.set(socket, id);
        socket.send({ id, method: 'public/heartbeat', code: 0 });
      }
    }
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { id, method, params } = JSON.parse(text) as Request;
    if (method === 'public/respond-heartbeat' && this.unanswered.get(socket) === id) this.unanswered.delete(socket);
    for (const channel of params?.channels ?? []) {
      const [, name = '', depth] = channel.split('.');
      const book = this.books.find(({ pair }) => `${pair.base}_${pair.quote}` === name);
      if (!book) {
        socket.send({ id: id ?? 0, code: 40_003, method, message: 'Unknown symbol', channel });
        continue;
      }
      socket.send({ id: id ?? -9_223_372_036_854_776_000, method, code: 0, channel });
      if (method === 'unsubscribe') {
        socket.topics.delete(channel);
        continue;
      }
      const hasUpdates = params?.book_subscription_type === 'SNAPSHOT_AND_UPDATE';
      const window = new ShownWindow(book, Number(depth));
      const subscription = { book, name: channel, window, hasUpdates, u: this.ids.get(book)! };
      socket.topics.set(channel, subscription);
      book.remember(subscription.u);
      this.push(socket, subscription, 'book', this.rows(book, subscription.window.levels));
    }
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    const after = this.ids.get(book)! + this.dice.whole(1, 900_000);
    this.ids.set(book, after);
    book.remember(after);
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const pu = this.id_(subscription.u);
      const update = this.rows(book, subscription.window.move(book.pair.base === 'BTC'));
      subscription.u = after;
      if (isLost) continue;
      if (subscription.hasUpdates) this.push(socket, subscription, 'book.update', { update, pu });
      else if (this.dice.chance(0.3))
        this.push(socket, subscription, 'book', this.rows(book, subscription.window.levels));
    }
  }

  private push(
    socket: ForeignSocket,
    { book, name, window, u }: BookSubscription,
    channel: string,
    content: object,
  ): void {
    const data = [{ ...content, t: Date.now(), tt: Date.now() - 1, u: this.id_(u), cs: 1_985_787_755 }];
    const instrument = `${book.pair.base}_${book.pair.quote}`;
    const result = { instrument_name: instrument, subscription: name, channel, depth: window.depth, data };
    socket.send({ id: -1, method: 'subscribe', code: 0, result });
  }

  private id_(u: number): number | string {
    return this.dice.chance(0.5) ? u : String(u);
  }

  private rows(book: TrueBook, { bids, asks }: Levels): object {
    const count = String(this.dice.whole(1, 9));
    const of = (levels: readonly Level[]): string[][] =>
      levels.map(([ticks, lots]) => [book.price(ticks), lots ? book.size(lots) : '0', lots ? count : '0']);
    return { asks: of(asks), bids: of(bids) };
  }
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: `${base}_${quote}`,
    inst_type: 'CCY_PAIR',
    display_name: `${base}/${quote}`,
    base_ccy: base,
    quote_ccy: quote,
    quote_decimals: priceDecimals,
    quantity_decimals: sizeDecimals,
    price_tick_size: (10 ** -priceDecimals).toFixed(5),
    qty_tick_size: (10 ** -sizeDecimals).toFixed(8),
    max_leverage: '50',
    tradable: true,
    expiry_timestamp_ms: 0,
    beta_product: false,
    margin_buy_enabled: false,
    margin_sell_enabled: false,
  };
}
