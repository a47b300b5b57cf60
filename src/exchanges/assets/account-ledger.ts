import { type Observable, Subject } from 'rxjs';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { AccountReading, ReadingTrouble } from '../../core/portfolio/account-reading.js';
import { AccountBalances } from '../contract/account-balances.js';

/** The newest reading of each account, whichever thread read it. Bounded by the configured exchanges. */
export class AccountLedger extends AccountBalances {
  private readonly readings = new Map<ExchangeId, AccountReading>();
  private readonly told$ = new Subject<AccountReading>();

  override readonly changes$: Observable<AccountReading> = this.told$.asObservable();

  override snapshot(): readonly AccountReading[] {
    return [...this.readings.values()];
  }

  /** Takes a reading as a desk tells it. */
  take(reading: AccountReading): void {
    this.readings.set(reading.exchange, reading);
    this.told$.next(reading);
  }

  /** Takes back what was told of an account whose desk is gone. */
  lose(exchange: ExchangeId, trouble: ReadingTrouble): void {
    const known = this.readings.get(exchange);
    if (known?.state === 'known') this.take({ ...known, state: 'lost', assets: [], asOfMs: null, trouble });
  }

  /** Tells nothing any more. */
  end(): void {
    this.told$.complete();
  }
}
