import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject, type Subscription } from 'rxjs';
import type { MarketEvent } from '../core/input/market-event.js';
import type { ExchangeStatus } from '../core/market/exchange-status.js';
import type { ExchangeState } from '../core/market/states.js';
import { BookRegistry, type BookReader } from '../core/order-book/book-registry.js';
import type { AccountReading } from '../core/portfolio/account-reading.js';
import type { Clock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import type { Log } from '../platform/logging/index.js';
import { AccountLedger } from './assets/account-ledger.js';
import { BookDesk } from './books/book-desk.js';
import { keptLevels } from './books/kept-levels.js';
import { CcxtAdapter } from './ccxt/ccxt-adapter.js';
import { configuredExchanges } from './ccxt/instance/catalogue.js';
import { type CredentialSource, MarketSource, type SignedCallLog, type SymbolWatch } from './contract/ports.js';
import { strayFaults$ } from './ccxt/instance/rejection-guard.js';
import { ExchangeMonitor } from './supervision/exchange-monitor.js';

/** How often silence is judged and states are told, milliseconds. */
const TICK_MS = 100;

interface Run {
  readonly adapter: CcxtAdapter;
  readonly monitor: ExchangeMonitor;
}

/**
 * The live markets of every configured exchange. Each runs on its own: an error in one never reaches another.
 *
 * Everything is emitted synchronously from the socket's own callback, so a subscriber sees the book as of that frame.
 */
export class MarketFeed
  extends MarketSource
  implements SymbolWatch, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  /** What keys read of the accounts. */
  readonly accounts = new AccountLedger();
  private readonly told$ = new Subject<MarketEvent>();
  private readonly judged$ = new Subject<ExchangeStatus>();
  private readonly registry: BookRegistry;
  private readonly runs = new Map<string, Run>();
  private watched: readonly string[];
  private keys: Subscription | undefined;
  private ticker: NodeJS.Timeout | undefined;
  private isStopped = false;

  override readonly events$: Observable<MarketEvent> = this.told$.asObservable();
  override readonly statuses$: Observable<ExchangeStatus> = this.judged$.asObservable();

  /** @throws {UnknownExchangeError} If an exchange is configured that does not exist. */
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly credentials: CredentialSource,
    private readonly calls: SignedCallLog,
  ) {
    super();
    this.watched = [...new Set(settings.symbols)];
    this.registry = new BookRegistry(keptLevels(settings.bookDepth));
    for (const id of configuredExchanges(settings.exchanges)) this.runs.set(id, this.prepare(id));
  }

  override get books(): BookReader {
    return this.registry;
  }

  symbols(): readonly string[] {
    return this.watched;
  }

  watch(symbols: readonly string[]): void {
    const wanted = new Set(symbols);
    this.watched = [...wanted];
    for (const { adapter } of this.runs.values()) adapter.watch(wanted);
  }

  override statuses(): ExchangeStatus[] {
    const nowMs = this.clock.nowMs();
    return [...this.runs.values()].map((run) => run.monitor.status(nowMs));
  }

  onApplicationBootstrap(): void {
    // On the next turn, when every other feature has subscribed: the first events must not be missed.
    setImmediate(() => {
      if (!this.isStopped) this.start();
    });
  }

  /**
   * Ends signed calls before the usage log is stored. The sockets stay open, so that detection, which ends in the same
   * phase, still closes what is open with `shutdown` and not because an exchange went down.
   */
  async onModuleDestroy(): Promise<void> {
    this.keys?.unsubscribe();
    await Promise.all([...this.runs.values()].map((run) => run.adapter.endSigned()));
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.ticker);
    this.keys?.unsubscribe();
    await Promise.all([...this.runs.values()].map((run) => run.adapter.stop()));
    this.told$.complete();
    this.judged$.complete();
    this.accounts.end();
  }

  /** Begins to connect every exchange; returns at once. */
  start(): void {
    this.keys = this.credentials.changes$.subscribe({
      next: (exchange) => {
        this.runs.get(exchange)?.adapter.keyChanged();
      },
      error: (error: unknown) => {
        this.log.error('changes of keys are no longer seen: restart the service', { reason: String(error) });
      },
    });
    this.keys.add(
      strayFaults$.subscribe({
        next: ({ exchange, message }) => this.runs.get(exchange)?.monitor.stray(message, this.clock.nowMs()),
        error: (error: unknown) => {
          this.log.error('stray faults are no longer seen: restart the service', { reason: String(error) });
        },
      }),
    );
    for (const { adapter } of this.runs.values()) adapter.start();
    this.tick();
    this.ticker = setInterval(() => {
      this.tick();
    }, TICK_MS);
  }

  private tick(): void {
    const nowMs = this.clock.nowMs();
    for (const { adapter, monitor } of this.runs.values()) {
      adapter.tick(nowMs);
      monitor.judge(nowMs);
    }
  }

  // Once per change of state; a degraded exchange mends itself and says so in its status.
  private say({ id: exchange, status, lastError }: ExchangeStatus): void {
    if (status === 'live') this.log.info('an exchange is live', { exchange });
    else if (status === 'down')
      this.log.warn('an exchange is down; it is tried again for ever', { exchange, lastError });
    else this.log.debug('an exchange changed', { exchange, status, lastError });
  }

  private prepare(id: string): Run {
    const { settings, clock, log, credentials, calls } = this;
    const emit = (event: MarketEvent): void => {
      if (this.isStopped) return;
      this.told$.next(event);
      // A book that came or went may change the state of its exchange: that is told at once, not at the next tick.
      if (event.type === 'bookState') monitor.judge(event.atMs);
    };
    const desk = new BookDesk(id, this.registry, settings.bookDepth, emit);
    let known: ExchangeState = 'connecting';
    const monitor = new ExchangeMonitor(desk, settings.detection.maxAgeMs, emit, (status) => {
      if (this.isStopped) return;
      if (status.status !== known) this.say(status);
      known = status.status;
      this.judged$.next(status);
    });
    const tellAccount = (reading: AccountReading): void => {
      if (!this.isStopped) this.accounts.take(reading);
    };
    const around = { settings, clock, log, desk, monitor, credentials, calls, emit, tellAccount };
    const adapter = new CcxtAdapter(id, around);
    return { adapter, monitor };
  }
}
