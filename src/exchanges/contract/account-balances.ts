import type { Observable } from 'rxjs';
import type { AccountReading } from '../../core/portfolio/account-reading.js';

/** What keys may read of the accounts, of every exchange that has told anything of its own. */
export abstract class AccountBalances {
  /** The newest reading of each exchange, at most one; none before there was a key. */
  abstract snapshot(): readonly AccountReading[];
  /** Hot: each reading, each failed attempt, and each account that is lost. */
  abstract readonly changes$: Observable<AccountReading>;
}
