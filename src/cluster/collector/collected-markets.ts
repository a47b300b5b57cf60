import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject, type Subscription } from 'rxjs';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeState } from '../../core/market/states.js';
import { type ExchangeId, type InstrumentKey } from '../../core/market/instrument.js';
import type { BookReader } from '../../core/order-book/book-registry.js';
import type { ReadonlyOrderBook } from '../../core/order-book/order-book.js';
import { type CredentialSource, MarketFeed, MarketSource, type SignedCallLog } from '../../exchanges/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type Duties, Owner } from '../link/owner.js';
import type { StateLog } from '../states/state-log.js';
import type { WatchedSymbols } from '../states/watched-symbols.js';
import { subjects } from '../subjects.js';
import { ExchangeTeller } from './exchange-teller.js';

/** What a collector needs around it. */
export interface CollectorContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly credentials: CredentialSource;
  readonly calls: SignedCallLog;
  readonly link: ClusterLink;
  readonly symbols: WatchedSymbols;
  readonly states: StateLog;
}

interface Run {
  readonly feed: MarketFeed;
  readonly teller: ExchangeTeller;
  readonly listening: Subscription;
}

/** The markets of those exchanges that this collector owns: opened when they are taken over, closed when given up. */
export class CollectedMarkets
  extends MarketSource
  implements Duties, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly runs = new Map<ExchangeId, Run>();
  private readonly known = new Map<ExchangeId, ExchangeState>();
  private readonly told$ = new Subject<MarketEvent>();
  private readonly judged$ = new Subject<ExchangeStatus>();
  private readonly owner: Owner;
  private readonly stops: (() => void)[] = [];

  override readonly events$: Observable<MarketEvent> = this.told$.asObservable();
  override readonly statuses$: Observable<ExchangeStatus> = this.judged$.asObservable();
  override readonly books: BookReader = { get: (key) => this.bookOf(key) };

  constructor(private readonly context: CollectorContext) {
    super();
    const { link, log } = context;
    this.owner = new Owner('exchange', link.members, link.claims, this, log);
  }

  /** Exchanges that are owned here. */
  get ownedCount(): number {
    return this.runs.size;
  }

  all(): readonly ExchangeId[] {
    return this.context.settings.exchanges;
  }

  override statuses(): ExchangeStatus[] {
    return [...this.runs.values()].flatMap(({ feed }) => feed.statuses());
  }

  onApplicationBootstrap(): void {
    const { clock, link, symbols } = this.context;
    this.stops.push(
      link.broker.listen(subjects.clock(link.id), (message) => {
        message.respond(JSON.stringify({ nowMs: clock.nowMs() }));
      }),
    );
    const watching = symbols.changes$.subscribe({
      next: (wanted) => {
        for (const { feed } of this.runs.values()) feed.watch(wanted);
      },
      error: this.fail,
    });
    this.stops.push(() => {
      watching.unsubscribe();
    });
    this.owner.start();
  }

  gain(exchange: ExchangeId, term: number): Promise<boolean> {
    const { calls, clock, credentials, link, log, settings, symbols } = this.context;
    const alone = { ...settings, exchanges: [exchange], symbols: [...symbols.symbols()] };
    const feed = new MarketFeed(alone, clock, log, credentials, calls);
    const teller = new ExchangeTeller(exchange, term, feed, link, this.fail);
    const listening = feed.events$.subscribe({
      next: (event) => {
        this.told$.next(event);
      },
      error: this.fail,
    });
    listening.add(
      feed.statuses$.subscribe({
        next: (status) => {
          this.judged$.next(status);
          this.keep(status);
        },
        error: this.fail,
      }),
    );
    this.runs.set(exchange, { feed, teller, listening });
    teller.start();
    feed.start();
    return Promise.resolve(true);
  }

  async lose(exchange: ExchangeId): Promise<void> {
    const run = this.runs.get(exchange);
    if (!run) return;
    this.runs.delete(exchange);
    run.teller.stop();
    run.listening.unsubscribe();
    await run.feed.onModuleDestroy();
    await run.feed.onApplicationShutdown();
  }

  /** Ends signed calls before the usage log is stored. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.runs.values()].map(({ feed }) => feed.onModuleDestroy()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.owner.stop();
    for (const stop of this.stops.splice(0)) stop();
    this.told$.complete();
    this.judged$.complete();
  }

  private bookOf(key: InstrumentKey): ReadonlyOrderBook | undefined {
    return this.runs.get(key.slice(0, key.indexOf(':')))?.feed.books.get(key);
  }

  /** Each change of state stays readable in the stream of states, also while nobody collects the exchange. */
  private keep(status: ExchangeStatus): void {
    if (this.known.get(status.id) === status.status) return;
    this.known.set(status.id, status.status);
    const { states, log } = this.context;
    states.put('exchange', status.id, { ...status, symbols: [] }).catch((error: unknown) => {
      log.debug('a change of state was not kept', { exchange: status.id, reason: (error as Error).message });
    });
  }

  private readonly fail = (error: unknown): void => {
    this.context.log.error('the markets of this collector are no longer told: restart it', { reason: String(error) });
  };
}
