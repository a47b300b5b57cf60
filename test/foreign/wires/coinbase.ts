import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import type { Level, Levels, Pair, TrueBook } from '../true-book.js';

interface Request {
  readonly type: string;
  readonly channel: string;
  readonly product_ids?: string[];
}

/**
 * The whole book, counted by connection over every channel; events of several products may share a frame.
 *
 * The list of subscriptions comes after the snapshot, which is in no order and may repeat levels at its end. Who does not
 * subscribe within five seconds is left.
 */
export class Coinbase extends ForeignExchange {
  override readonly id = 'coinbase';
  override readonly hosts = ['api.coinbase.com', 'advanced-trade-ws.coinbase.com'];
  private readonly counters = new WeakMap<ForeignSocket, number>();
  private readonly held = new WeakMap<ForeignSocket, object[]>();

  constructor() {
    super([bitcoin(1_000), ether(200), doge(4), bitcoin(300, 2, 'USDC')], 5);
  }

  override rest({ path }: RestCall): unknown {
    if (path === '/v2/currencies') return { data: [{ id: 'USD', name: 'US Dollar', min_size: '0.01' }] };
    if (path === '/v2/currencies/crypto') {
      const data = this.books.map(({ pair }) => ({
        asset_id: pair.base,
        code: pair.base,
        name: pair.base,
        type: 'crypto',
      }));
      return { data };
    }
    if (path === '/v2/exchange-rates') return { data: { currency: 'USD', rates: { BTC: '0.0000156', USDT: '1' } } };
    if (path === '/api/v3/brokerage/market/products') {
      const products = this.books.flatMap((book) => [
        listing(book),
        ...(book.pair.quote === 'USDC' ? [dollarTwin(book)] : []),
      ]);
      return { products, num_products: products.length };
    }
    return undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { type, channel, product_ids: ids = [] } = JSON.parse(text) as Request;
    if (channel === 'heartbeats') socket.topics.set('heartbeats', { book: this.books.at(-1)! });
    const snapshots: object[] = [];
    for (const id of channel === 'level2' ? ids : []) {
      const book = this.books.find(({ pair }) => [productId(pair), `${pair.base}-${pair.quote}`].includes(id));
      if (!book || type === 'unsubscribe') {
        if (book) socket.topics.delete(productId(book.pair));
        continue;
      }
      socket.topics.set(productId(book.pair), { book });
      book.remember(null);
      const { bids, asks } = book.levels;
      const mixed = { bids: this.dice.shuffled(bids), asks: this.dice.shuffled(asks) };
      const tail = { bids: bids.slice(-2), asks: asks.slice(-2) };
      snapshots.push(event('snapshot', book, mixed, tail));
    }
    if (this.dice.chance(0.5)) for (const each of snapshots) this.tell(socket, 'l2_data', [each]);
    else if (snapshots.length > 0) this.tell(socket, 'l2_data', snapshots);
    const level2 = [...socket.topics.keys()].filter((id) => id !== 'heartbeats');
    this.tell(socket, 'subscriptions', [{ subscriptions: { level2 } }]);
  }

  override opened(socket: ForeignSocket): void {
    super.opened(socket);
    setTimeout(() => {
      if (!this.counters.has(socket)) socket.kill(true);
    }, 5_000).unref();
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) {
      if (!socket.topics.has('heartbeats')) continue;
      this.tell(socket, 'heartbeats', [{ current_time: new Date().toISOString(), heartbeat_counter: '7' }]);
    }
  }

  protected override moved(book: TrueBook, change: Levels, isLost: boolean): void {
    book.remember(null);
    for (const [socket, subscription] of this.subscribers<Subscription>(book)) {
      if (socket.topics.get('heartbeats') === subscription) continue;
      const events = [...(this.held.get(socket) ?? []), event('update', book, change)];
      const holds = events.length < 3 && !isLost && this.dice.chance(0.3);
      this.held.set(socket, holds ? events : []);
      if (holds) continue;
      if (isLost) this.counters.set(socket, (this.counters.get(socket) ?? 0) + 1);
      else this.tell(socket, 'l2_data', events);
    }
  }

  private tell(socket: ForeignSocket, channel: string, events: object[]): void {
    const sequence = this.counters.get(socket) ?? 0;
    this.counters.set(socket, sequence + 1);
    const timestamp = new Date().toISOString().replace('Z', '482917Z');
    socket.send({ channel, client_id: '', timestamp, sequence_num: sequence, events });
  }
}

function event(type: string, book: TrueBook, ...lists: Levels[]): object {
  const row = (side: string, [ticks, lots]: Level): object => ({
    side,
    event_time: '1970-01-01T00:00:00Z',
    price_level: book.price(ticks),
    new_quantity: lots ? book.size(lots) : '0',
  });
  const updates = lists.flatMap(({ bids, asks }) => [
    ...asks.map((level) => row('offer', level)),
    ...bids.map((level) => row('bid', level)),
  ]);
  return { type, product_id: productId(book.pair), updates };
}

/** How the feed names a product: pairs against USDC share the book of those against the dollar, and its name. */
function productId({ base, quote }: Pair): string {
  return `${base}-${quote === 'USDC' ? 'USD' : quote}`;
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    product_id: `${base}-${quote}`,
    price: '1',
    price_percentage_change_24h: '-0.3',
    volume_24h: '147.7',
    volume_percentage_change_24h: '-1.2',
    base_increment: (10 ** -sizeDecimals).toFixed(8),
    quote_increment: (10 ** -priceDecimals).toFixed(5),
    price_increment: (10 ** -priceDecimals).toFixed(5),
    quote_min_size: '1',
    quote_max_size: '10000000',
    base_min_size: '0.00000001',
    base_max_size: '400',
    base_name: base,
    quote_name: quote,
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: quote,
    base_currency_id: base,
    fcm_trading_session_details: null,
    mid_market_price: '',
    alias: quote === 'USDC' ? `${base}-USD` : '',
    alias_to: [],
    base_display_symbol: base,
    quote_display_symbol: quote,
    view_only: false,
    display_name: `${base}-${quote}`,
    product_venue: 'CBE',
  };
}

function dollarTwin(book: TrueBook): object {
  const id = productId(book.pair);
  const twin = { product_id: id, display_name: id, alias: '', alias_to: [`${book.pair.base}-USDC`] };
  return { ...listing(book), ...twin, quote_name: 'US Dollar', quote_currency_id: 'USD', quote_display_symbol: 'USD' };
}
