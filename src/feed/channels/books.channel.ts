import {
  asyncScheduler,
  BehaviorSubject,
  concatMap,
  distinctUntilChanged,
  EMPTY,
  filter,
  interval,
  merge,
  type Observable,
  type SchedulerLike,
  switchMap,
} from 'rxjs';
import { z } from 'zod';
import type { MarketSource } from '../../exchanges/index.js';
import type { Clock } from '../../platform/clock/index.js';
import { type ChannelSource, exchangesField, type Filter, parseFilter, symbolsField } from '../channel-source.js';
import type { ChannelStep } from '../feed-event.js';
import { type BookView, bookView, BookViews } from './book-views.js';

/** A view is told so often at most, but for the loss of a book. */
const PERIOD_MS = 100;
/** A client that needs more takes another subscription. */
const MAX_SYMBOLS = 50;

const schema = z.strictObject({
  symbols: symbolsField.unwrap().max(MAX_SYMBOLS),
  exchanges: exchangesField,
});

/** What the channel needs of its surroundings. */
export interface BooksParts {
  readonly market: MarketSource;
  readonly clock: Clock;
  /** Without proof of life for longer, a book is not shown. */
  readonly maxAgeMs: number;
}

/**
 * The best levels of each asked symbol on every exchange, as they change, 10 times a second at most; only books that are
 * in sync and fresh, and one that is thrown away is gone at once. Follows what subscribers ask for, and nothing else.
 *
 * @param parts - The markets, and how long a book holds.
 * @param scheduler - Gives the times of sampling; virtual in tests.
 */
export function booksChannel(
  { market, clock, maxAgeMs }: BooksParts,
  scheduler: SchedulerLike = asyncScheduler,
): ChannelSource<BookView> {
  const views = new BookViews(market, maxAgeMs);
  const isWanted$ = new BehaviorSubject(false);
  // Ends with the filters, of which each subscription has its own.
  const viewsOf = new WeakMap<Filter<BookView>, readonly BookView[]>();
  const following$ = (): Observable<ChannelStep<BookView>> =>
    merge(
      market.events$.pipe(
        filter((event) => views.take(event)),
        concatMap(() => views.lost(clock.nowMs())),
      ),
      interval(PERIOD_MS, scheduler).pipe(concatMap(() => views.changed(clock.nowMs()))),
    );
  return {
    name: 'books',
    scope: 'feed',
    steps$: isWanted$.pipe(
      distinctUntilChanged(),
      switchMap((isWanted) => (isWanted ? following$() : EMPTY)),
    ),
    snapshot: (wanted) => views.items(viewsOf.get(wanted) ?? [], clock.nowMs()),
    demand: {
      add: (wanted) => {
        const isNew = views.add(viewsOf.get(wanted) ?? [], clock.nowMs());
        isWanted$.next(!views.isEmpty);
        return isNew;
      },
      remove: (wanted) => {
        views.remove(viewsOf.get(wanted) ?? []);
        isWanted$.next(!views.isEmpty);
      },
    },
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const wanted = [...new Set(applied.symbols)].map((symbol) => bookView(symbol, applied.exchanges));
      const keys = new Set(wanted.map(({ key }) => key));
      const compiled: Filter<BookView> = {
        applied,
        hasFigures: false,
        concerns: ({ key }) => keys.has(key),
        matches: () => true,
      };
      viewsOf.set(compiled, wanted);
      return compiled;
    },
  };
}
