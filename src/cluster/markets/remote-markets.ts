import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeId } from '../../core/market/instrument.js';
import { BookRegistry, type BookReader } from '../../core/order-book/book-registry.js';
import { AccountLedger, keptLevels, MarketSource } from '../../exchanges/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import { fromSubjectToken, lastOf } from '../../platform/nats/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import type { BookMessage, ExchangeMessage } from '../messages.js';
import { subjects } from '../subjects.js';
import { RemoteLink } from './remote-link.js';

/** How often it is looked whether every collector still speaks, milliseconds. */
const CHECK_MS = 250;

/** The live markets as collectors tell them: whole for a gateway, of some assets for a detector. */
export class RemoteMarkets extends MarketSource implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What keys read of the accounts. */
  readonly accounts = new AccountLedger();
  private readonly told$ = new Subject<MarketEvent>();
  private readonly judged$ = new Subject<ExchangeStatus>();
  private readonly registry: BookRegistry;
  private readonly links: ReadonlyMap<ExchangeId, RemoteLink>;
  private readonly stops: (() => void)[] = [];
  /** Ends listening to the books of an asset, by asset; `*` for all. */
  private readonly listening = new Map<string, () => void>();
  private wanted: ReadonlySet<string> | null;
  private isRunning = false;

  override readonly events$: Observable<MarketEvent> = this.told$.asObservable();
  override readonly statuses$: Observable<ExchangeStatus> = this.judged$.asObservable();

  /**
   * @param link - Where they are told.
   * @param wanted - Assets whose books are wanted; null for all.
   */
  constructor(
    private readonly link: ClusterLink,
    settings: Settings,
    private readonly clock: Clock,
    log: Log,
    wanted: ReadonlySet<string> | null,
  ) {
    super();
    this.wanted = wanted;
    this.registry = new BookRegistry(keptLevels(settings.bookDepth));
    const context = {
      ...{ broker: link.broker, settings, clock, log, registry: this.registry, accounts: this.accounts },
      emit: (event: MarketEvent): void => {
        this.told$.next(event);
      },
      judged: (status: ExchangeStatus): void => {
        this.judged$.next(status);
      },
      wants: (asset: string): boolean => this.wanted?.has(asset) ?? true,
    };
    this.links = new Map(settings.exchanges.map((exchange) => [exchange, new RemoteLink(exchange, context)]));
  }

  override get books(): BookReader {
    return this.registry;
  }

  override statuses(): ExchangeStatus[] {
    const nowMs = this.clock.nowMs();
    return [...this.links.values()].map((link) => link.status(nowMs));
  }

  /** Wants the books of these assets from now on; those of others are given up. */
  follow(assets: ReadonlySet<string>): void {
    this.wanted = assets;
    if (!this.isRunning) return;
    this.listenToBooks();
    for (const link of this.links.values()) link.forgetUnwanted();
  }

  onApplicationBootstrap(): void {
    // On the next turn, when every other feature has subscribed: the first events must not be missed.
    setImmediate(() => {
      this.start();
    });
  }

  onApplicationShutdown(): void {
    for (const stop of [...this.stops.splice(0), ...this.listening.values()]) stop();
    this.listening.clear();
    this.told$.complete();
    this.judged$.complete();
    this.accounts.end();
  }

  private start(): void {
    this.isRunning = true;
    this.stops.push(
      this.link.broker.listen(subjects.exchange(null), (message) => {
        this.links.get(lastOf(message.subject))?.takeExchange(message.json<ExchangeMessage>());
      }),
    );
    const timer = setInterval(() => {
      for (const link of this.links.values()) link.check();
    }, CHECK_MS);
    this.stops.push(() => {
      clearInterval(timer);
    });
    this.listenToBooks();
  }

  private listenToBooks(): void {
    const assets = this.wanted ?? new Set(['*']);
    for (const [asset, stop] of this.listening) {
      if (assets.has(asset)) continue;
      stop();
      this.listening.delete(asset);
    }
    for (const asset of assets) {
      if (this.listening.has(asset)) continue;
      const subject = subjects.book(null, asset === '*' ? null : asset, null);
      this.listening.set(
        asset,
        this.link.broker.listen(subject, (message) => {
          const [, , exchange = '', , symbol = ''] = message.subject.split('.');
          this.links.get(fromSubjectToken(exchange))?.takeBook(fromSubjectToken(symbol), message.json<BookMessage>());
        }),
      );
    }
  }
}
