import { gzipSync } from 'node:zlib';
import { digits, ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface BookSubscription extends Subscription {
  readonly window: ShownWindow;
  /** The window as it was before its last change: what an answer that is late tells. */
  before: { readonly seqNum: number; readonly levels: Levels };
  seqNum: number;
}

interface Request {
  readonly sub?: string;
  readonly unsub?: string;
  readonly req?: string;
  readonly id?: string | number;
  readonly pong?: number;
}

const PING_EVERY_MS = 5_000;

/**
 * Windows chained by `prevSeqNum` and `seqNum`, in compressed frames; a snapshot is asked for on the socket itself, and
 * the first answer is older than the changes that already ran. Numbers are JSON numbers, and a snapshot may show levels
 * of size 0. Two pings without an answer end the connection.
 */
export class Htx extends ForeignExchange {
  override readonly id = 'htx';
  override readonly hosts = ['api.huobi.pro', 'api.hbdm.com', 'api-aws.huobi.pro'];
  private readonly seqNums = new Map<TrueBook, number>();
  private readonly pings = new WeakMap<ForeignSocket, { sentAt: number; unanswered: number }>();
  private readonly asked = new WeakSet<BookSubscription>();

  constructor() {
    super([bitcoin(420), ether(70), doge(4)], 11);
    for (const book of this.books) this.seqNums.set(book, 104_999_417_756);
  }

  override rest({ path }: RestCall): unknown {
    if (path === '/v1/common/symbols') return { status: 'ok', data: this.books.map(listing) };
    if (path === '/v2/reference/currencies') {
      const data = this.books.map(({ pair }) => ({
        currency: pair.base.toLowerCase(),
        instStatus: 'normal',
        chains: [],
      }));
      return { code: 200, data };
    }
    const contract = {
      symbol: 'XYZ',
      contract_code: 'XYZ-USD',
      contract_size: 10,
      price_tick: 0.1,
      contract_status: 1,
    };
    return path.endsWith('contract_info') ? { status: 'ok', data: [contract], ts: Date.now() } : undefined;
  }

  override opened(socket: ForeignSocket): void {
    super.opened(socket);
    this.pings.set(socket, { sentAt: Date.now(), unanswered: 0 });
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) {
      const state = this.pings.get(socket)!;
      if (Date.now() - state.sentAt < PING_EVERY_MS) continue;
      if (state.unanswered >= 2) socket.kill(true);
      state.sentAt = Date.now();
      state.unanswered += 1;
      this.tell(socket, { ping: Date.now() });
    }
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { sub, unsub, req, id, pong } = JSON.parse(text) as Request;
    if (pong !== undefined) this.pings.get(socket)!.unanswered = 0;
    const topic = sub ?? unsub ?? req;
    if (topic === undefined) return;
    const [, symbol, kind, depth] = topic.split('.');
    const book = this.books.find(({ pair }) => (pair.base + pair.quote).toLowerCase() === symbol);
    const ts = Date.now();
    if (!book || kind !== 'mbp') {
      this.tell(socket, { status: 'error', ts, id, 'err-code': 'bad-request', 'err-msg': `invalid topic ${topic}` });
    } else if (unsub !== undefined) {
      socket.topics.delete(topic);
      this.tell(socket, { id, status: 'ok', unsubbed: topic, ts });
    } else if (sub !== undefined) {
      const window = new ShownWindow(book, Number(depth));
      const seqNum = this.seqNums.get(book)!;
      socket.topics.set(topic, { book, window, seqNum, before: { seqNum, levels: window.levels } } as BookSubscription);
      this.tell(socket, { id, status: 'ok', subbed: topic, ts });
    } else this.snapshot(socket, topic, id);
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    const seqNum = this.seqNums.get(book)! + this.dice.whole(1, 40);
    this.seqNums.set(book, seqNum);
    book.remember(seqNum);
    const ch = `market.${(book.pair.base + book.pair.quote).toLowerCase()}.mbp.`;
    for (const [socket, subscription] of this.subscribers<BookSubscription>(book)) {
      const prevSeqNum = subscription.seqNum;
      subscription.before = { seqNum: prevSeqNum, levels: subscription.window.levels };
      const { bids, asks } = subscription.window.move(true);
      subscription.seqNum = seqNum;
      if (isLost) continue;
      const sides = {
        ...(bids.length > 0 ? { bids: rows(book, bids) } : {}),
        ...(asks.length > 0 ? { asks: rows(book, asks) } : {}),
      };
      this.tell(socket, {
        ch: `${ch}${subscription.window.depth}`,
        ts: Date.now(),
        tick: { seqNum, prevSeqNum, ...sides },
      });
    }
  }

  private snapshot(socket: ForeignSocket, topic: string, id: Request['id']): void {
    const subscription = socket.topics.get(topic) as BookSubscription | undefined;
    if (!subscription) {
      this.tell(socket, {
        status: 'error',
        ts: Date.now(),
        id,
        'err-code': 'bad-request',
        'err-msg': 'not subscribed',
      });
      return;
    }
    const { book, window, seqNum } = subscription;
    const isFirst = !this.asked.has(subscription);
    this.asked.add(subscription);
    const state = isFirst ? subscription.before : { seqNum, levels: window.levels };
    const last = window.levels.bids.at(-1)![0];
    const bids = [...rows(book, state.levels.bids), ...rows(book, last > 9 ? [[last - 9, 0]] : [])];
    const data = { seqNum: state.seqNum, bids, asks: rows(book, state.levels.asks) };
    setTimeout(
      () => {
        this.tell(socket, { id, rep: topic, status: 'ok', ts: Date.now(), data });
      },
      this.dice.whole(0, 400),
    );
  }

  private tell(socket: ForeignSocket, message: object): void {
    socket.send(message, (text) => gzipSync(text));
  }
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  return levels.map(([ticks, lots]) => [digits(book.price(ticks)), digits(lots ? book.size(lots) : '0')]);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    'base-currency': base.toLowerCase(),
    'quote-currency': quote.toLowerCase(),
    symbol: (base + quote).toLowerCase(),
    'price-precision': priceDecimals,
    'amount-precision': sizeDecimals,
    'value-precision': 8,
    'symbol-partition': 'main',
    state: 'online',
    'min-order-amt': 0.00001,
    'max-order-amt': 1000,
    'min-order-value': 1,
    'api-trading': 'enabled',
    tags: '',
  };
}
