import { map } from 'rxjs';
import { z } from 'zod';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { MarketSource } from '../../exchanges/index.js';
import { type ChannelSource, exchangesField, parseFilter } from '../channel-source.js';

const schema = z.strictObject({ exchanges: exchangesField });

/** State, age, clock offset, faults and symbols of each exchange: at every change of state, and once a second. */
export function exchangesChannel(market: MarketSource): ChannelSource<ExchangeStatus> {
  return {
    name: 'exchanges',
    scope: 'feed',
    steps$: market.statuses$.pipe(
      map((status) => ({
        kind: 'state' as const,
        key: status.id,
        subject: status,
        body: { event: 'updated', exchange: status },
      })),
    ),
    snapshot: () => market.statuses().map((status) => ({ key: status.id, subject: status, body: status })),
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const exchanges = applied.exchanges && new Set(applied.exchanges);
      return {
        applied,
        hasFigures: false,
        concerns: ({ id }) => exchanges?.has(id) ?? true,
        matches: () => true,
      };
    },
  };
}
