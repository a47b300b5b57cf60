import { asyncScheduler, concatMap, interval, type SchedulerLike } from 'rxjs';
import { z } from 'zod';
import type { PortfolioAccount, PortfolioTotal } from '../../core/portfolio/portfolio.js';
import { type ChannelSource, exchangesField, parseFilter } from '../channel-source.js';
import type { ChannelStep, SnapshotItem } from '../feed-event.js';
import type { PortfolioFeed } from '../ports.js';

/** How often it is looked whether something changed: nothing is told more often. */
const PERIOD_MS = 1_000;
/** No account: ccxt ids hold no such characters. */
const TOTAL_KEY = '(total)';

const schema = z.strictObject({ exchanges: exchangesField });

/** An account, or the total of all of them. */
type Subject = { readonly account: PortfolioAccount } | { readonly total: PortfolioTotal };

/** What was told last. Bounded by the exchanges. */
class Told {
  private readonly newest = new Map<string, { readonly text: string; readonly subject: Subject }>();

  take(items: readonly SnapshotItem<Subject>[]): ChannelStep<Subject>[] {
    const gone = [...this.newest.keys()].filter((key) => !items.some((item) => item.key === key));
    return [...gone.flatMap((key) => this.remove(key)), ...items.flatMap((item) => this.update(item))];
  }

  private remove(key: string): ChannelStep<Subject>[] {
    const subject = this.newest.get(key)?.subject;
    this.newest.delete(key);
    if (!subject || !('account' in subject)) return [];
    const { exchange } = subject.account;
    return [{ kind: 'gone', key, subject, body: { event: 'removed', account: { exchange } } }];
  }

  private update({ key, subject }: SnapshotItem<Subject>): ChannelStep<Subject>[] {
    const text = JSON.stringify(subject, withoutAge);
    if (this.newest.get(key)?.text === text) return [];
    this.newest.set(key, { text, subject });
    return [{ kind: 'state', key, subject, body: { event: 'updated', ...subject } }];
  }
}

/**
 * The accounts that keys may read and their total, valued through live books: whatever changed, looked at once a second.
 * An account that only grew older did not change.
 *
 * @param portfolio - Values the accounts.
 * @param scheduler - Gives the seconds; virtual in tests.
 */
export function portfolioChannel(
  portfolio: PortfolioFeed,
  scheduler: SchedulerLike = asyncScheduler,
): ChannelSource<Subject> {
  const told = new Told();
  const items = (): SnapshotItem<Subject>[] => {
    const { accounts, total } = portfolio.view();
    const subjects = accounts.map((account) => ({ key: account.exchange, subject: { account } }));
    return [...subjects, { key: TOTAL_KEY, subject: { total } }].map((item) => ({ ...item, body: item.subject }));
  };
  return {
    name: 'portfolio',
    scope: 'keys:read',
    steps$: interval(PERIOD_MS, scheduler).pipe(concatMap(() => told.take(items()))),
    snapshot: items,
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const exchanges = applied.exchanges && new Set(applied.exchanges);
      return {
        applied,
        hasFigures: false,
        // The total is of all accounts, so it would say nothing of some.
        concerns: (subject) =>
          exchanges === undefined || ('account' in subject && exchanges.has(subject.account.exchange)),
        matches: () => true,
      };
    },
  };
}

function withoutAge(name: string, value: unknown): unknown {
  return name === 'ageMs' ? undefined : value;
}
