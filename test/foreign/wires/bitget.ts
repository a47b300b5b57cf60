import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';
import { alternatingChecksum } from './checksums.js';

interface Arg {
  readonly instType: string;
  readonly channel: string;
  readonly instId: string;
}

interface BooksSubscription extends Subscription {
  readonly arg: Arg;
  readonly window: ShownWindow;
}

const DEPTH = 500;

/**
 * Windows proven by a checksum over 25 levels a side, written as they stood on the wire; sequences only ever rise.
 *
 * A snapshot has the checksum 0.
 */
export class Bitget extends ForeignExchange {
  override readonly id = 'bitget';
  override readonly hosts = ['api.bitget.com', 'ws.bitget.com'];
  private readonly sequences = new Map<TrueBook, number>();

  constructor() {
    super([bitcoin(600), ether(40), doge(4)], 8);
    for (const [index, book] of this.books.entries()) this.sequences.set(book, index === 0 ? 711_330_212_481 : 0);
  }

  override rest({ path }: RestCall): unknown {
    const fine = (data: unknown): unknown => ({ code: '00000', msg: 'success', requestTime: Date.now(), data });
    if (path === '/api/v2/spot/public/symbols') return fine(this.books.map(listing));
    if (path === '/api/v2/spot/public/coins') {
      return fine(
        this.books.map(({ pair }, coinId) => ({
          coin: pair.base,
          coinId: String(coinId),
          transfer: 'true',
          chains: [],
        })),
      );
    }
    if (path === '/api/v2/margin/currencies' || path === '/api/v2/mix/market/contracts') return fine([]);
    return undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    if (text === 'ping') {
      socket.raw('pong');
      return;
    }
    const { op, args } = JSON.parse(text) as { op: string; args: Arg[] };
    for (const arg of args) {
      const key = `${arg.channel}:${arg.instId}`;
      const book = this.books.find(({ pair }) => pair.base + pair.quote === arg.instId);
      if (!book) socket.send({ event: 'error', arg, code: 30_001, msg: `instId:${arg.instId} doesn't exist`, op });
      else if (op === 'unsubscribe') {
        socket.topics.delete(key);
        socket.send({ event: 'unsubscribe', arg });
      } else {
        const subscription = { book, arg, window: new ShownWindow(book, DEPTH) };
        socket.topics.set(key, subscription);
        book.remember(this.sequences.get(book)!);
        this.push(socket, subscription, 'snapshot', subscription.window.levels);
        socket.send({ event: 'subscribe', arg });
      }
    }
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    this.sequences.set(book, this.sequences.get(book)! + this.dice.whole(1, 4_000));
    book.remember(this.sequences.get(book)!);
    for (const [socket, subscription] of this.subscribers<BooksSubscription>(book)) {
      const change = subscription.window.move(true);
      if (!isLost) this.push(socket, subscription, 'update', change);
    }
  }

  private push(socket: ForeignSocket, subscription: BooksSubscription, action: string, levels: Levels): void {
    const { arg, book, window } = subscription;
    const proven = (side: readonly Level[]): string[] => rows(book, side.slice(0, 25)).map((row) => row.join(':'));
    const data = {
      asks: rows(book, levels.asks),
      bids: rows(book, levels.bids),
      checksum: action === 'snapshot' ? 0 : alternatingChecksum(proven(window.levels.bids), proven(window.levels.asks)),
      seq: this.sequences.get(book)!,
      ts: String(Date.now()),
    };
    socket.send({ action, arg, data: [data], ts: Date.now() });
  }
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  const short = (text: string): string => text.replace(/\.?0+$/, '');
  return levels.map(([ticks, lots]) => [
    book.price(ticks),
    lots ? (ticks % 2 ? book.size(lots) : short(book.size(lots))) : '0',
  ]);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: base + quote,
    baseCoin: base,
    quoteCoin: quote,
    minTradeAmount: '0',
    maxTradeAmount: '10000000000',
    takerFeeRate: '0.002',
    makerFeeRate: '0.002',
    pricePrecision: String(priceDecimals),
    quantityPrecision: String(sizeDecimals),
    quotePrecision: '6',
    status: 'online',
    minTradeUSDT: '1',
    buyLimitPriceRatio: '0.05',
    sellLimitPriceRatio: '0.05',
    areaSymbol: 'no',
    orderQuantity: '200',
    openTime: '1532454360000',
    offTime: '',
  };
}
