import { Subject } from 'rxjs';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { BookRegistry } from '../../src/core/order-book/book-registry.js';
import { MarketSource } from '../../src/exchanges/index.js';
import type { Portfolio } from '../../src/core/portfolio/portfolio.js';
import { PortfolioFeed, type RecordedKind, RecorderProgress } from '../../src/feed/index.js';
import { KeyHealthFeed, type KeyView } from '../../src/keys/index.js';
import { ScriptedFeed } from './scripted-feed.js';

/** A detector that a test drives, in the epoch `e1`. */
export class FakeOpportunityFeed extends ScriptedFeed {
  constructor() {
    super('e1');
  }
}

/** Exchanges whose states a test sets. */
export class FakeMarketSource extends MarketSource {
  private readonly statusSteps = new Subject<ExchangeStatus>();
  private readonly events = new Subject<MarketEvent>();
  override readonly events$ = this.events.asObservable();
  override readonly statuses$ = this.statusSteps.asObservable();
  override readonly books = new BookRegistry(20);
  private readonly known = new Map<string, ExchangeStatus>();

  emit(status: ExchangeStatus): void {
    this.known.set(status.id, status);
    this.statusSteps.next(status);
  }

  /** Whether anybody listens to what exchanges tell. */
  get isHeard(): boolean {
    return this.events.observed;
  }

  /** Tells an event as the owner of the books does: once it is applied to them. */
  tell(event: MarketEvent): void {
    if (event.type === 'book') this.books.open(event.update.instrument).apply(event.update);
    if (event.type === 'bookState' && event.state !== 'live') this.books.open(event.instrument).discard();
    this.events.next(event);
  }

  override statuses(): ExchangeStatus[] {
    return [...this.known.values()];
  }
}

/** Keys whose health a test sets. */
export class FakeKeyHealthFeed extends KeyHealthFeed {
  private readonly changes = new Subject<{ event: 'updated' | 'removed'; key: KeyView }>();
  override readonly changes$ = this.changes.asObservable();
  private readonly known = new Map<string, KeyView>();

  emit(event: 'updated' | 'removed', key: KeyView): void {
    if (event === 'removed') this.known.delete(key.id);
    else this.known.set(key.id, key);
    this.changes.next({ event, key });
  }

  override snapshot(): readonly KeyView[] {
    return [...this.known.values()];
  }
}

/** A portfolio that a test sets. */
export class FakePortfolioFeed extends PortfolioFeed {
  portfolio: Portfolio = {
    accounts: [],
    total: { valueUsd: 0, unvalued: [], stale: [], missing: [] },
    hint: 'no key may read balances',
  };

  override view(): Portfolio {
    return this.portfolio;
  }
}

/** A recorder whose progress a test sets. */
export class FakeRecorderProgress extends RecorderProgress {
  override allMetrics: Record<string, RecordedKind> = {
    opportunities: { waiting: 0, lagMs: 0, lost: 0, isBehind: false },
  };
}
