import { asyncScheduler, interval, concatMap, type SchedulerLike } from 'rxjs';
import { z } from 'zod';
import { type EnteredRefusal, REFUSAL_REASONS, type RefusalCount } from '../../core/gates/refusal-reason.js';
import type { OpportunityFeed } from '../../detection/index.js';
import { type ChannelSource, exchangesField, parseFilter, symbolsField } from '../channel-source.js';
import type { ChannelStep } from '../feed-event.js';

/** How often the counts are looked at. */
const PERIOD_MS = 1_000;

const schema = z.strictObject({
  symbols: symbolsField,
  exchanges: exchangesField,
  reasons: z.array(z.enum(REFUSAL_REASONS)).min(1).max(REFUSAL_REASONS.length).optional(),
});

const keyOf = ({ routeId, reason }: RefusalCount): string => `${routeId} ${reason}`;

function stepOf({ entered, refusal }: EnteredRefusal): ChannelStep<RefusalCount> {
  return { kind: 'state', key: keyOf(refusal), subject: refusal, body: { event: 'entered', entered, refusal } };
}

/**
 * Refusals: each second the routes and reasons that were entered since the last one; the snapshot holds the counts
 * since the start.
 *
 * A conflated client misses none: `entered` is of one second, `refusal` holds the counts since the start.
 *
 * @param feed - Where the counts are.
 * @param scheduler - Gives the seconds; virtual in tests.
 */
export function refusalsChannel(
  feed: OpportunityFeed,
  scheduler: SchedulerLike = asyncScheduler,
): ChannelSource<RefusalCount> {
  return {
    name: 'refusals',
    scope: 'feed',
    steps$: interval(PERIOD_MS, scheduler).pipe(concatMap(() => feed.takeEnteredRefusals().map(stepOf))),
    snapshot: () => feed.refusals().map((count) => ({ key: keyOf(count), subject: count, body: count })),
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const symbols = applied.symbols && new Set(applied.symbols);
      const exchanges = applied.exchanges && new Set(applied.exchanges);
      const reasons = applied.reasons && new Set(applied.reasons);
      return {
        applied,
        hasFigures: false,
        concerns: ({ symbol, reason, buyExchange, sellExchange }) =>
          (symbols?.has(symbol) ?? true) &&
          (reasons?.has(reason) ?? true) &&
          (!exchanges || exchanges.has(buyExchange) || exchanges.has(sellExchange)),
        matches: () => true,
      };
    },
  };
}
