import { describe, expect, it } from '@jest/globals';
import { EMPTY } from 'rxjs';
import type { ExchangeStatus, SymbolStatus } from '../core/market/exchange-status.js';
import type { BookReader } from '../core/order-book/book-registry.js';
import { Clock } from '../platform/clock/index.js';
import { MarketSource } from './contract/ports.js';
import { ExchangeHistory, MOST_POINTS } from './exchange-history.js';

const symbolOf = (symbol: string, state: SymbolStatus['state'], ageMs: number | null): SymbolStatus => ({
  ...{ symbol, state, ageMs },
  ...{ quietMs: null, sequence: null, bestBid: null, bestAsk: null },
});

const okx: ExchangeStatus = {
  ...{ id: 'okx', status: 'live', integrity: 'verified', clockOffsetMs: -5, messagesPerSecond: 12, messages: 1 },
  ...{ updates: 1, resyncs: 2, reconnects: 3, sequenceBreaks: 0, strayFaults: 0, lastError: null },
  symbols: [
    ...[symbolOf('A/USDT', 'live', 10), symbolOf('B/USDT', 'live', 30), symbolOf('C/USDT', 'live', 20)],
    ...[symbolOf('D/USDT', 'resyncing', 900), symbolOf('E/USDT', 'unavailable', null)],
  ],
};

class SetClock extends Clock {
  constructor(public atMs: number) {
    super();
  }

  override nowMs(): number {
    return this.atMs;
  }
}

class Markets extends MarketSource {
  override readonly events$ = EMPTY;
  override readonly statuses$ = EMPTY;
  /** Frames of A came 15 ms, those of B 105 ms after they were made; those of C carry no time. */
  override readonly books = {
    get: (key: string) =>
      ({
        'okx:A/USDT': { receivedAtMs: 1_010, exchangeTimeMs: 1_000 },
        'okx:B/USDT': { receivedAtMs: 1_100, exchangeTimeMs: 1_000 },
        'okx:C/USDT': { receivedAtMs: 1_100, exchangeTimeMs: null },
        'okx:D/USDT': { receivedAtMs: 1_990, exchangeTimeMs: 1_000 },
      })[key],
  } as BookReader;

  constructor(private readonly all: ExchangeStatus[]) {
    super();
  }

  override statuses(): ExchangeStatus[] {
    return this.all;
  }
}

describe('ExchangeHistory', () => {
  it('keeps what an exchange was like: medians of live books, the clock offset taken off', () => {
    const history = new ExchangeHistory(new Markets([okx]), new SetClock(7_000));
    expect(history.of('okx')).toEqual([]);
    history.note();
    expect(history.of('okx')).toEqual([
      {
        ...{ atMs: 7_000, status: 'live', integrity: 'verified', liveBooks: 3, ageMs: 20, latencyMs: 105 },
        ...{ clockOffsetMs: -5, messagesPerSecond: 12, resyncs: 2, reconnects: 3 },
      },
    ]);
  });

  it('tells null where nothing is known', () => {
    const history = new ExchangeHistory(
      new Markets([{ ...okx, clockOffsetMs: null, symbols: [] }]),
      new SetClock(7_000),
    );
    history.note();
    expect(history.of('okx')?.[0]).toMatchObject({ liveBooks: 0, ageMs: null, latencyMs: null, clockOffsetMs: null });
  });

  it('keeps an hour, and knows only what is configured', () => {
    const clock = new SetClock(0);
    const history = new ExchangeHistory(new Markets([okx]), clock);
    for (; clock.atMs < MOST_POINTS + 5; clock.atMs += 1) history.note();
    expect(history.of('okx')?.map(({ atMs }) => atMs)).toEqual(Array.from({ length: MOST_POINTS }, (_, i) => i + 5));
    expect(history.of('kraken')).toBeUndefined();
  });
});
