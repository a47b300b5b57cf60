import { digits, ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';
import { krakenChecksum } from './checksums.js';

interface BookSubscription extends Subscription {
  readonly window: ShownWindow;
  /** An update that waits to travel with the next one. */
  held: object | null;
}

interface Request {
  readonly method: string;
  readonly params?: { channel: string; symbol: string[]; depth?: number };
  readonly req_id?: number;
}

const BASE_CODES: Readonly<Record<string, string>> = { BTC: 'XXBT', ETH: 'XETH', DOGE: 'XXDG' };

/**
 * Windows whose pushed-out levels are never told as removed, each update proven by a checksum over ten levels a side.
 *
 * Numbers stand with all their zeros. Updates may share a frame, and requests are acknowledged after the snapshots.
 */
export class Kraken extends ForeignExchange {
  override readonly id = 'kraken';
  override readonly hosts = ['api.kraken.com', 'ws.kraken.com'];

  constructor() {
    super([bitcoin(900, 1), ether(35), doge(4)], 4);
  }

  override rest({ path }: RestCall): unknown {
    if (path === '/0/public/Assets') {
      const assets = [...this.books.map(({ pair }) => pair.base), 'USDT'].map((code) => [
        BASE_CODES[code] ?? code,
        { aclass: 'currency', altname: altname(code), decimals: 10, display_decimals: 5, status: 'enabled' },
      ]);
      return { error: [], result: Object.fromEntries(assets) as object };
    }
    if (path !== '/0/public/AssetPairs') return undefined;
    const pairs = this.books.map((book) => [altname(book.pair.base) + book.pair.quote, listing(book)]);
    return { error: [], result: Object.fromEntries(pairs) as object };
  }

  override opened(socket: ForeignSocket): void {
    super.opened(socket);
    const data = [
      { version: '2.0.10', system: 'online', api_version: 'v2', connection_id: 13834774380200032777n.toString() },
    ];
    socket.send({ channel: 'status', type: 'update', data });
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) if (socket.topics.size > 0) socket.send({ channel: 'heartbeat' });
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { method, params, req_id } = JSON.parse(text) as Request;
    const times = { time_in: new Date().toISOString(), time_out: new Date().toISOString() };
    if (method === 'ping') socket.send({ method: 'pong', req_id, ...times });
    if (!params) return;
    const depth = params.depth ?? 10;
    const snapshots: object[] = [];
    const acknowledgements: object[] = [];
    for (const symbol of params.symbol) {
      const book = this.books.find(({ pair }) => pair.symbol === symbol);
      const result = { channel: 'book', symbol, depth, snapshot: true };
      if (method === 'unsubscribe') socket.topics.delete(symbol);
      else if (!book) {
        socket.send({
          method,
          req_id,
          success: false,
          error: `Currency pair not supported ${symbol}`,
          symbol,
          ...times,
        });
        continue;
      } else if (socket.topics.has(symbol)) {
        socket.send({ method, req_id, success: false, error: 'Already subscribed', symbol, ...times });
        continue;
      } else snapshots.push(this.begin(socket, book, depth));
      acknowledgements.push({ method, req_id, result, success: true, ...times });
    }
    const isTogether = this.dice.chance(0.5);
    for (const data of isTogether ? [snapshots] : snapshots.map((each) => [each])) {
      if (data.length > 0) socket.send({ channel: 'book', type: 'snapshot', data });
    }
    for (const acknowledgement of acknowledgements) socket.send(acknowledgement);
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    book.remember(null);
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const change = subscription.window.move(false);
      if (isLost || change.bids.length + change.asks.length === 0) continue;
      const update = this.data(subscription, change);
      if (!subscription.held && this.dice.chance(0.1)) {
        subscription.held = update;
        continue;
      }
      const data = subscription.held ? [subscription.held, update] : [update];
      subscription.held = null;
      socket.send({ channel: 'book', type: 'update', data });
    }
  }

  private begin(socket: ForeignSocket, book: TrueBook, depth: number): object {
    const subscription = { book, window: new ShownWindow(book, depth), held: null };
    socket.topics.set(book.pair.symbol, subscription);
    book.remember(null);
    return this.data(subscription, subscription.window.levels);
  }

  private data({ book, window }: BookSubscription, levels: Levels): object {
    return {
      symbol: book.pair.symbol,
      bids: rows(book, levels.bids),
      asks: rows(book, levels.asks),
      // The first snapshot of a thin book has none.
      ...(levels === window.levels && levels.bids.length < 10 ? {} : { checksum: krakenChecksum(book, window.levels) }),
      timestamp: new Date().toISOString().replace('Z', '123Z'),
    };
  }
}

function rows(book: TrueBook, levels: readonly Level[]): object[] {
  return levels.map(([ticks, lots]) => ({
    price: digits(book.price(ticks)),
    qty: digits(lots ? book.size(lots) : '0'),
  }));
}

function altname(code: string): string {
  return code === 'BTC' ? 'XBT' : code === 'DOGE' ? 'XDG' : code;
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    altname: altname(base) + quote,
    wsname: `${altname(base)}/${quote}`,
    aclass_base: 'currency',
    base: BASE_CODES[base],
    aclass_quote: 'currency',
    quote,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: priceDecimals,
    lot_decimals: sizeDecimals,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [
      [0, 0.4],
      [50_000, 0.35],
    ],
    fees_maker: [
      [0, 0.25],
      [50_000, 0.2],
    ],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: '0.0001',
    costmin: '0.5',
    tick_size: (10 ** -priceDecimals).toFixed(priceDecimals),
    status: 'online',
  };
}
