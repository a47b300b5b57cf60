import { NEVER, Subject } from 'rxjs';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import { BookRegistry } from '../../src/core/order-book/book-registry.js';
import { OpportunityFeed } from '../../src/detection/index.js';
import { MarketSource } from '../../src/exchanges/index.js';
import { KeyHealthFeed, type KeyView } from '../../src/keys/index.js';

/** A detector that a test drives: it keeps what is open as the real one does. */
export class FakeOpportunityFeed extends OpportunityFeed {
  override readonly epoch = 'e1';
  private readonly events = new Subject<OpportunityEvent>();
  override readonly events$ = this.events.asObservable();
  private readonly live = new Map<string, Opportunity>();

  emit(event: OpportunityEvent): void {
    const { opportunity } = event;
    if (event.event === 'closed') this.live.delete(opportunity.id);
    else this.live.set(opportunity.id, { ...this.live.get(opportunity.id), ...opportunity });
    this.events.next(event);
  }

  override open(): readonly Opportunity[] {
    return [...this.live.values()];
  }

  override find(id: string): Opportunity | undefined {
    return this.live.get(id);
  }

  override refusals(): readonly [] {
    return [];
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
