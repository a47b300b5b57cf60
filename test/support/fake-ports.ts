import { NEVER, Subject } from 'rxjs';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { BookRegistry } from '../../src/core/order-book/book-registry.js';
import { MarketSource } from '../../src/exchanges/index.js';
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
  override readonly events$ = NEVER;
  override readonly statuses$ = this.statusSteps.asObservable();
  override readonly books = new BookRegistry(10);
  private readonly known = new Map<string, ExchangeStatus>();

  emit(status: ExchangeStatus): void {
    this.known.set(status.id, status);
    this.statusSteps.next(status);
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
