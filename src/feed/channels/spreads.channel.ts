import { concatMap, map } from 'rxjs';
import { z } from 'zod';
import type { SpreadCandle } from '../../core/spread-history/spread-candle.js';
import type { OpportunityFeed } from '../../detection/index.js';
import { type ChannelSource, exchangesField, parseFilter, symbolsField } from '../channel-source.js';

/** A symbol of which nothing was told for so long is left out of snapshots: others of its base are better, or it went. */
const SHOWN_MS = 60_000;

const schema = z.strictObject({
  symbols: symbolsField,
  exchanges: exchangesField,
  minNetBps: z.number().optional(),
});

/** The newest best spread of each symbol. Bounded by the symbols of the last minute. */
class BestSpreads {
  private readonly newest = new Map<string, SpreadCandle>();

  /** Takes a second that is over; returns the best of each symbol in it. */
  take(candles: readonly SpreadCandle[]): SpreadCandle[] {
    const best = new Map<string, SpreadCandle>();
    for (const candle of candles) {
      const known = best.get(candle.symbol);
      if (!known || candle.closeBps > known.closeBps) best.set(candle.symbol, candle);
    }
    const endMs = Math.max(...candles.map(({ startMs }) => startMs)) - SHOWN_MS;
    for (const { symbol, startMs } of this.newest.values()) if (startMs <= endMs) this.newest.delete(symbol);
    for (const [symbol, candle] of best) this.newest.set(symbol, candle);
    return [...best.values()];
  }

  all(): SpreadCandle[] {
    return [...this.newest.values()];
  }
}

/** As REST shows a candle of a second. */
function shown(candle: SpreadCandle): object {
  const { startMs, routeId, symbol, buyExchange, sellExchange, ...figures } = candle;
  const { openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs } = figures;
  const route = { startMs, routeId, symbol, buyExchange, sellExchange };
  return { ...route, openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs };
}

/**
 * Spreads: of each symbol the best route, paying or not, each second; the snapshot holds the newest of each symbol.
 *
 * Each second stands for itself: one that does not match is not told, so what was shown is judged by its `startMs`.
 */
export function spreadsChannel(feed: OpportunityFeed): ChannelSource<SpreadCandle> {
  const best = new BestSpreads();
  return {
    name: 'spreads',
    scope: 'feed',
    steps$: feed.spreads$.pipe(
      concatMap((candles) => best.take(candles)),
      map((candle) => ({
        kind: 'state' as const,
        key: candle.symbol,
        subject: candle,
        body: { event: 'updated', spread: shown(candle) },
      })),
    ),
    snapshot: () => best.all().map((candle) => ({ key: candle.symbol, subject: candle, body: shown(candle) })),
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const symbols = applied.symbols && new Set(applied.symbols);
      const exchanges = applied.exchanges && new Set(applied.exchanges);
      const { minNetBps = -Infinity } = applied;
      return {
        applied,
        hasFigures: false,
        concerns: ({ symbol, closeBps, buyExchange, sellExchange }) =>
          closeBps >= minNetBps &&
          (symbols?.has(symbol) ?? true) &&
          (!exchanges || exchanges.has(buyExchange) || exchanges.has(sellExchange)),
        matches: () => true,
      };
    },
  };
}
