import type { Subscription } from 'rxjs';
import type { BookEvent, BookStateEvent, ExchangeEvent, FeeEvent, MarketEvent } from '../../core/input/market-event.js';
import { NOT_WATCHED } from '../../core/input/market-event.js';
import { type ExchangeId, instrumentKey } from '../../core/market/instrument.js';
import type { BookReader } from '../../core/order-book/book-registry.js';
import type { BookUpdate } from '../../core/order-book/book-update.js';
import type { ReadonlyOrderBook } from '../../core/order-book/order-book.js';
import { assetOf } from '../../core/sharding/assets.js';
import type { MarketFeed } from '../../exchanges/index.js';
import type { Broker } from '../../platform/nats/index.js';
import { type AgainRequest, type BookMessage, type ExchangeMessage, type ExchangeTold, V } from '../messages.js';
import { subjects } from '../subjects.js';

/** Between two signs of life, milliseconds. */
const BEAT_MS = 500;
/** Who asks for a book again within it is served by what was told to others, milliseconds. */
const AGAIN_MS = 200;

/** What the newest update of a book said beside its levels, and what else holds of the book. */
interface Line {
  readonly subject: string;
  n: number;
  state: BookStateEvent | null;
  fee: FeeEvent | null;
  update: BookUpdate | null;
  toldAgainAt: number;
}

/** Tells everything that happens on one exchange to whoever listens, for as long as this member owns it. */
export class ExchangeTeller {
  private readonly lines = new Map<string, Line>();
  private readonly assets = new Map<string, MarketEvent>();
  private readonly balances = new Map<string, MarketEvent>();
  private readonly stops: (() => void)[] = [];
  private exchangeState: ExchangeEvent | null = null;
  private n = 0;
  private listening: Subscription | null = null;

  /**
   * @param exchange - Which.
   * @param term - Of the claim.
   * @param feed - Its markets, of this exchange alone.
   * @param link - Where they are told, and by whom.
   * @param fail - Told when nothing is told any more.
   */
  constructor(
    private readonly exchange: ExchangeId,
    private readonly term: number,
    private readonly feed: Pick<MarketFeed, 'accounts' | 'books' | 'events$' | 'statuses' | 'statuses$'>,
    private readonly link: { readonly id: string; readonly broker: Pick<Broker, 'listen' | 'tell'> },
    private readonly fail: (error: unknown) => void,
  ) {}

  start(): void {
    this.listening = this.feed.events$.subscribe({
      next: (event) => {
        this.take(event);
      },
      error: this.fail,
    });
    this.listening.add(
      this.feed.statuses$.subscribe({
        next: (status) => {
          this.tell({ type: 'status', status });
        },
        error: this.fail,
      }),
    );
    this.listening.add(
      this.feed.accounts.changes$.subscribe({
        next: (reading) => {
          this.tell({ type: 'account', reading });
        },
        error: this.fail,
      }),
    );
    this.stops.push(
      this.link.broker.listen(subjects.again(this.exchange), (message) => {
        this.tellAgain(message.json<AgainRequest>());
      }),
    );
    const timer = setInterval(() => {
      this.beat();
    }, BEAT_MS);
    this.stops.push(() => {
      clearInterval(timer);
    });
    this.beat();
  }

  /** Says that nobody speaks under this term any more, and is silent. */
  stop(): void {
    this.listening?.unsubscribe();
    for (const stop of this.stops.splice(0)) stop();
    this.tell({ type: 'gone' });
  }

  private take(event: MarketEvent): void {
    switch (event.type) {
      case 'book':
        this.line(event.update.instrument.symbol).update = event.update;
        this.tellBook(event.update.instrument.symbol, event);
        return;
      case 'bookState':
        this.line(event.instrument.symbol).state = event;
        this.tellBook(event.instrument.symbol, event);
        if (event.reason === NOT_WATCHED) this.lines.delete(event.instrument.symbol);
        return;
      case 'fee':
        this.line(event.instrument.symbol).fee = event;
        this.tellBook(event.instrument.symbol, event);
        return;
      case 'exchange':
        this.exchangeState = event;
        break;
      case 'asset':
        this.assets.set(event.asset, event);
        break;
      case 'balance':
        this.balances.set(event.asset, event);
        break;
      case 'alive':
    }
    this.tell(event);
  }

  private beat(): void {
    const counts = Object.fromEntries([...this.lines].map(([symbol, { n }]) => [symbol, n]));
    this.tell({ type: 'beat', counts });
  }

  private tellAgain({ symbols, exchange }: AgainRequest): void {
    if (exchange) this.tellExchangeAgain();
    const nowMs = performance.now();
    for (const symbol of symbols) {
      const line = this.lines.get(symbol);
      if (!line || nowMs - line.toldAgainAt < AGAIN_MS) continue;
      line.toldAgainAt = nowMs;
      this.tellBookAgain(symbol, line);
    }
  }

  private tellExchangeAgain(): void {
    const { assets, balances, exchangeState, feed } = this;
    const events = [...(exchangeState ? [exchangeState] : []), ...assets.values(), ...balances.values()];
    for (const event of events) this.tell(event as ExchangeTold);
    for (const status of feed.statuses()) this.tell({ type: 'status', status });
    for (const reading of feed.accounts.snapshot()) this.tell({ type: 'account', reading });
  }

  // As its owner told it at first: the book, then that it is live.
  private tellBookAgain(symbol: string, { fee, state, update }: Line): void {
    if (fee) this.tellBook(symbol, fee, true);
    const book = this.feed.books.get(instrumentKey({ exchange: this.exchange, symbol }));
    if (update && book?.isUsable) this.tellBook(symbol, { type: 'book', update: snapshotOf(book, update) }, true);
    if (state) this.tellBook(symbol, state, true);
  }

  private tellBook(symbol: string, event: BookEvent | BookStateEvent | FeeEvent, isAgain = false): void {
    const line = this.line(symbol);
    line.n += 1;
    const message: BookMessage = { v: V, term: this.term, n: line.n, event, ...(isAgain ? { again: true } : {}) };
    this.link.broker.tell(line.subject, message);
  }

  private tell(told: ExchangeTold): void {
    this.n += 1;
    const message: ExchangeMessage = { v: V, term: this.term, n: this.n, member: this.link.id, told };
    this.link.broker.tell(subjects.exchange(this.exchange), message);
  }

  private line(symbol: string): Line {
    let line = this.lines.get(symbol);
    if (!line) {
      const subject = subjects.book(this.exchange, assetOf(this.exchange, symbol), symbol);
      line = { subject, n: 0, state: null, fee: null, update: null, toldAgainAt: -Infinity };
      this.lines.set(symbol, line);
    }
    return line;
  }
}

/** The whole book as an update of the moment of its newest one, so that its age stays what it is. */
function snapshotOf(book: NonNullable<ReturnType<BookReader['get']>>, update: BookUpdate): BookUpdate {
  return { ...update, kind: 'snapshot', bids: levelsOf(book.bids), asks: levelsOf(book.asks) };
}

function levelsOf(side: ReadonlyOrderBook['bids']): number[] {
  const levels: number[] = [];
  for (let at = 0; at < side.length; at++) levels.push(side.price(at), side.size(at));
  return levels;
}
