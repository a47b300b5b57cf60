import { map } from 'rxjs';
import { z } from 'zod';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import { withoutDetails } from '../../core/opportunity/without-details.js';
import type { OpportunityFeed } from '../../detection/index.js';
import { type ChannelSource, exchangesField, type Filter, parseFilter, symbolsField } from '../channel-source.js';
import type { StepKind } from '../feed-event.js';

const schema = z.strictObject({
  symbols: symbolsField,
  exchanges: exchangesField,
  minNetBps: z.number().optional(),
  minNotional: z.number().min(0).optional(),
});

const KINDS: Readonly<Record<OpportunityEvent['event'], StepKind>> = {
  opened: 'born',
  updated: 'state',
  closed: 'gone',
};

/**
 * What filters judge of an opportunity. The ring holds on to it for thousands of events: were it the opportunity itself,
 * its books would outlive every collection of young garbage, which would stop the service to copy them.
 */
interface Judged {
  readonly symbol: string;
  readonly exchanges: readonly string[];
  readonly netBps: number;
  readonly notional: number;
}

function judged({ symbol, legs, netBps, notional }: Opportunity): Judged {
  return { symbol, exchanges: legs.map(({ exchange }) => exchange), netBps, notional };
}

function compile(raw: unknown): Filter<Judged> {
  const applied = parseFilter(schema, raw);
  const symbols = applied.symbols && new Set(applied.symbols);
  const exchanges = applied.exchanges && new Set(applied.exchanges);
  const { minNetBps = -Infinity, minNotional = -Infinity } = applied;
  return {
    applied,
    hasFigures: applied.minNetBps !== undefined || applied.minNotional !== undefined,
    concerns: ({ symbol, exchanges: both }) =>
      (symbols?.has(symbol) ?? true) && (!exchanges || both.some((exchange) => exchanges.has(exchange))),
    matches: ({ netBps, notional }) => netBps >= minNetBps && notional >= minNotional,
  };
}

/**
 * Opportunities: opened (with the books of both legs and what the gates measured), updated, closed (with the books of
 * its peak); the snapshot holds those open, without any.
 *
 * A subscriber that was shown one hears of it until it closes, even while its figures are below the filter: else what
 * it shows would stand still and lie. One that begins to match later appears with `updated`.
 */
export function opportunitiesChannel(feed: OpportunityFeed): ChannelSource<Judged> {
  return {
    name: 'opportunities',
    scope: 'feed',
    isPlaced: feed.isPlaced,
    steps$: feed.events$.pipe(
      map(({ event, opportunity, position }) => ({
        position,
        kind: KINDS[event],
        key: opportunity.id,
        subject: judged(opportunity),
        body: { event, opportunity: event === 'updated' ? withoutDetails(opportunity) : opportunity },
      })),
    ),
    snapshot: () =>
      feed.open().map((opportunity) => ({
        key: opportunity.id,
        subject: judged(opportunity),
        body: withoutDetails(opportunity),
      })),
    filter: compile,
  };
}
