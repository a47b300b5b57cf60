import { describe, expect, it } from '@jest/globals';
import { capturedLog } from '../support/captured-log.js';
import { parseExposition, sumOf, type ExposedFamily } from '../metrics/exposition.js';
import { FakeMarketSource } from '../support/fake-ports.js';
import type { ExchangeStatus, SymbolStatus } from '../../src/core/market/exchange-status.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { ExchangeMetrics } from '../../src/exchanges/exchange-metrics.js';

const book = (symbol: string, part: Partial<SymbolStatus> = {}): SymbolStatus => ({
  ...{ symbol, state: 'live', ageMs: 80, quietMs: 400, sequence: 1, bestBid: 1, bestAsk: 2 },
  ...part,
});

const status = (part: Partial<ExchangeStatus>): ExchangeStatus => ({
  ...{ id: 'okx', status: 'live', integrity: 'verified', clockOffsetMs: -12.5, messagesPerSecond: 3, messages: 70 },
  ...{ updates: 60, resyncs: 2, reconnects: 1, sequenceBreaks: 4, strayFaults: 5, lastError: null, symbols: [] },
  ...part,
});

async function told(...statuses: ExchangeStatus[]): Promise<Map<string, ExposedFamily>> {
  const markets = new FakeMarketSource();
  for (const one of statuses) markets.emit(one);
  const metrics = new Metrics(capturedLog().log);
  metrics.add(new ExchangeMetrics(markets));
  return parseExposition(await metrics.text());
}

describe('ExchangeMetrics', () => {
  it('tells the state, clock and counts of each exchange', async () => {
    const families = await told(status({}), status({ id: 'kraken', status: 'down', clockOffsetMs: null }));
    const of = (name: string, labels: Record<string, string> = { exchange: 'okx' }): number =>
      sumOf(families, `crossbook_${name}`, labels);
    expect(of('exchange_state', { exchange: 'okx', state: 'live' })).toBe(1);
    expect(of('exchange_state', { exchange: 'okx', state: 'down' })).toBe(0);
    expect(of('exchange_state', { exchange: 'kraken', state: 'down' })).toBe(1);
    expect(of('exchange_state')).toBe(1);
    expect(of('exchange_clock_offset_seconds')).toBe(-0.0125);
    expect(families.get('crossbook_exchange_clock_offset_seconds')?.samples).toHaveLength(1);
    const names = ['messages_total', 'reconnects_total', 'sequence_breaks_total', 'stray_faults_total'];
    expect(names.map((name) => of(`exchange_${name}`))).toEqual([70, 1, 4, 5]);
    expect([of('book_updates_total'), of('book_resyncs_total'), of('exchange_verified')]).toEqual([60, 2, 1]);
  });

  it('tells the oldest of the listed books and the one that changed last', async () => {
    const symbols = [
      book('BTC/USDT'),
      book('ETH/USDT', { state: 'stale', ageMs: 9_000, quietMs: 9_500 }),
      book('SOL/USDT', { state: 'resyncing', ageMs: null, quietMs: null }),
      book('NOPE/USDT', { state: 'unavailable', ageMs: 99_000, quietMs: 1 }),
    ];
    const families = await told(status({ symbols }), status({ id: 'kraken' }));
    const of = (name: string, state?: string): number =>
      sumOf(families, name, { exchange: 'okx', ...(state === undefined ? {} : { state }) });
    expect(of('crossbook_book_age_seconds')).toBe(9);
    expect(of('crossbook_book_quiet_seconds')).toBe(0.4);
    const states = ['live', 'stale', 'resyncing', 'unavailable'];
    expect(states.map((state) => of('crossbook_books', state))).toEqual([1, 1, 1, 1]);
    // Nothing is known of the age of an exchange without books.
    expect(families.get('crossbook_book_age_seconds')?.samples).toHaveLength(1);
  });

  it('tells as many lines of a thousand symbols as of one', async () => {
    const lines = async (count: number): Promise<number> => {
      const symbols = Array.from({ length: count }, (_, index) => book(`A${index}/USDT`));
      const families = await told(status({ symbols }));
      expect(sumOf(families, 'crossbook_books', { state: 'live' })).toBe(count);
      return [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    };
    expect(await lines(1_000)).toBe(await lines(1));
  });
});
