import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject, type Subscription } from 'rxjs';
import type { MarketEvent } from '../core/input/market-event.js';
import type { ExchangeStatus } from '../core/market/exchange-status.js';
import type { ExchangeId } from '../core/market/instrument.js';
import { BookRegistry, type BookReader } from '../core/order-book/book-registry.js';
import { AccountLedger } from './assets/account-ledger.js';
import { keptLevels } from './books/kept-levels.js';
import { configuredExchanges } from './ccxt/instance/catalogue.js';
import { MarketSource, type SymbolWatch } from './contract/ports.js';
import { type MarketContext, MarketThread } from './worker/market-thread.js';
import type { Told } from './worker/messages.js';
import { RemoteExchange } from './worker/remote-exchange.js';
import { Bell } from './worker/ring.js';
import { RingDrain } from './worker/ring-drain.js';
import { shareOut } from './worker/share-out.js';

/** How often it is looked whether every worker still turns. */
const CHECK_MS = 1_000;
const PROGRAM = new URL('./market-worker.js', import.meta.url);

/**
 * The live markets, kept by worker threads: each runs the sockets, codecs and books of its share of the exchanges, and
 * this thread follows their books from what they tell (docs/decisions/0008).
 */
export class ThreadedFeed
  extends MarketSource
  implements SymbolWatch, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  /** What keys read of the accounts. */
  readonly accounts = new AccountLedger();
  private readonly told$ = new Subject<MarketEvent>();
  private readonly judged$ = new Subject<ExchangeStatus>();
  private readonly registry: BookRegistry;
  private readonly exchanges: ReadonlyMap<ExchangeId, RemoteExchange>;
  private readonly threads: readonly MarketThread[];
  private readonly drain: RingDrain;
  private watched: ReadonlySet<string>;
  private keys: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  override readonly events$: Observable<MarketEvent> = this.told$.asObservable();
  override readonly statuses$: Observable<ExchangeStatus> = this.judged$.asObservable();

  /**
   * @param workers - How many threads, at least one.
   * @param context - What the markets need.
   * @param program - What a thread runs.
   * @throws {UnknownExchangeError} If an exchange is configured that does not exist.
   */
  constructor(
    workers: number,
    private readonly context: MarketContext,
    program = PROGRAM,
  ) {
    super();
    const { settings } = context;
    this.watched = new Set(settings.symbols);
    this.registry = new BookRegistry(keptLevels(settings.bookDepth));
    const ids = configuredExchanges(settings.exchanges);
    const { maxAgeMs } = settings.detection;
    this.exchanges = new Map(ids.map((id) => [id, new RemoteExchange(id, this.registry, maxAgeMs)]));
    const bell = Bell.allocate();
    this.drain = new RingDrain(new Bell(bell), (told) => {
      this.take(told);
    });
    const lost = (exchanges: readonly ExchangeId[], message: string): void => {
      for (const id of exchanges) this.lose(id, message);
    };
    const around = { ...context, program, drain: this.drain, bell, lost };
    this.threads = shareOut(ids, workers).map((share, index) => new MarketThread(index + 1, share, around));
  }

  override get books(): BookReader {
    return this.registry;
  }

  symbols(): readonly string[] {
    return [...this.watched];
  }

  watch(symbols: readonly string[]): void {
    this.watched = new Set(symbols);
    for (const thread of this.threads) {
      thread.watch(this.symbols());
      // A thread that runs tells by itself which books it gave up.
      if (!thread.isRunning) for (const id of thread.exchanges) this.forget(id);
    }
  }

  override statuses(): ExchangeStatus[] {
    const nowMs = this.context.clock.nowMs();
    return [...this.exchanges.values()].map((exchange) => exchange.status(nowMs));
  }

  onApplicationBootstrap(): void {
    // On the next turn, when every other feature has subscribed: the first events must not be missed.
    setImmediate(() => {
      if (!this.isStopped) this.start();
    });
  }

  /** Ends signed calls before the usage log is stored; the sockets stay open until detection has ended. */
  async onModuleDestroy(): Promise<void> {
    this.keys?.unsubscribe();
    await Promise.all(this.threads.map((thread) => thread.endSigned()));
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    this.keys?.unsubscribe();
    await Promise.all(this.threads.map((thread) => thread.stop()));
    this.told$.complete();
    this.judged$.complete();
    this.accounts.end();
  }

  /** Starts every worker; returns at once. */
  start(): void {
    this.keys = this.context.credentials.changes$.subscribe({
      next: (exchange) => {
        for (const thread of this.threads) thread.keyChanged(exchange);
      },
      error: (error: unknown) => {
        this.context.log.error('changes of keys are no longer seen: restart the service', { reason: String(error) });
      },
    });
    for (const thread of this.threads) thread.start();
    this.timer = setInterval(() => {
      for (const thread of this.threads) thread.check();
      // A worker that ended between finding the reader asleep and saying so woke nobody.
      this.drain.run();
    }, CHECK_MS);
  }

  private take(told: Told): void {
    if (this.isStopped) return;
    if (told.type === 'account') {
      this.accounts.take(told.reading);
      return;
    }
    if (told.type === 'status') {
      const exchange = this.exchanges.get(told.status.id);
      exchange?.takeStatus(told.status);
      if (exchange) this.judged$.next(exchange.status(this.context.clock.nowMs()));
      return;
    }
    this.exchanges.get(exchangeOf(told))?.take(told);
    this.told$.next(told);
  }

  private lose(id: ExchangeId, message: string): void {
    const exchange = this.exchanges.get(id);
    if (!exchange || this.isStopped) return;
    const atMs = this.context.clock.nowMs();
    for (const event of exchange.lost(message, atMs)) this.told$.next(event);
    this.accounts.lose(id, { code: 'worker_lost', message });
    // It may have ended with the word on its way to it.
    this.forget(id);
    this.judged$.next(exchange.status(atMs));
  }

  private forget(id: ExchangeId): void {
    const events = this.exchanges.get(id)?.forget(this.watched, this.context.clock.nowMs()) ?? [];
    for (const event of events) this.told$.next(event);
  }
}

function exchangeOf(event: MarketEvent): ExchangeId {
  if (event.type === 'book') return event.update.instrument.exchange;
  return 'instrument' in event ? event.instrument.exchange : event.exchange;
}
