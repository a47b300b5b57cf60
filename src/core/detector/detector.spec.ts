import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DetectorRig, detectorSettings, paying } from './detector-rig.js';

describe('Detector', () => {
  it('opens what pays after both fees, with figures that its books give again', () => {
    const [event] = paying().events;
    expect(event?.event).toBe('opened');
    const opportunity = event?.opportunity;
    expect(opportunity).toMatchObject({
      id: 'e-8-0',
      routeId: 'cross:okx:BTC/USDT>binance:BTC/USDT',
      size: 40,
      notional: 4_000,
      currency: 'USDT',
      legs: [
        { side: 'buy', exchange: 'okx', vwap: 100, takerFeeBps: 10, feeSource: 'account' },
        { side: 'sell', exchange: 'binance', vwap: 100.5 },
      ],
    });
    expect(opportunity?.grossBps).toBeCloseTo(50, 9);
    expect(opportunity?.netProfit).toBeCloseTo(40 * 0.5 - 4 - 4.02, 9);
    const [buy, sell] = opportunity?.books?.opening ?? [];
    expect(buy?.asks[0]).toEqual([100, 50]);
    expect(sell?.bids[0]).toEqual([100.5, 40]);
  });

  it.each(['not_listed', 'not_trading', 'removed'])('closes at once with `removed` what is %s', (reason) => {
    const bench = paying();
    const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
    bench.feed({ type: 'bookState', instrument, state: 'unavailable', reason, atMs: bench.nowMs });
    expect(bench.events.at(-1)).toMatchObject({ event: 'closed', opportunity: { closeReason: 'removed' } });
    expect(bench.detector.lives()).toEqual([]);
    bench.book('binance', [101, 40], [101.1, 40]).wait(1_000);
    expect(bench.events).toHaveLength(2);
  });

  it('knows nothing any more of a symbol that was removed, and finds it anew when it is back', () => {
    const bench = paying();
    for (const exchange of ['okx', 'binance']) {
      const instrument = { exchange, symbol: 'BTC/USDT' };
      bench.feed({ type: 'bookState', instrument, state: 'unavailable', reason: 'removed', atMs: bench.nowMs });
      bench.books.close(instrument);
    }
    bench.wait(1_000);
    expect(bench.events.map(({ event }) => event)).toEqual(['opened', 'closed']);
    bench.exchange('okx').exchange('binance');
    bench.book('okx', [99.9, 50], [100, 50]).book('binance', [100.5, 40], [100.6, 40]);
    expect(bench.events.at(-1)).toMatchObject({ event: 'opened', opportunity: { size: 40 } });
  });

  it('closes with `removed` whichever leg is taken out, and nothing else', () => {
    for (const exchange of ['okx', 'binance']) {
      const bench = paying().exchange('okx', 'KRW/USDT').exchange('gate', 'KRW/USDT');
      bench.book('okx', [99.9, 50], [100, 50], 'KRW/USDT').book('gate', [101, 50], [102, 50], 'KRW/USDT');
      const instrument = { exchange, symbol: 'BTC/USDT' };
      const state = { type: 'bookState', instrument, state: 'unavailable', atMs: bench.nowMs } as const;
      bench.feed({ ...state, reason: 'not_listed' });
      expect(bench.detector.lives().map(({ opportunity }) => opportunity.symbol)).toEqual(['KRW/USDT']);
      const [okx, binance] = [
        { ...instrument, exchange: 'okx' },
        { ...instrument, exchange: 'binance' },
      ];
      expect(bench.detector.explain(okx, binance)).not.toBeNull();
      bench.feed({ ...state, reason: 'removed' });
      expect(bench.detector.explain(okx, binance)).toBeNull();
    }
  });

  it('gives every opportunity that one input opens an id of its own', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance').exchange('gate');
    bench.book('okx', [100.5, 5], [100.6, 5]).book('binance', [100.7, 5], [100.8, 5]).book('gate', [98, 50], [99, 50]);
    expect(bench.events.map(({ opportunity }) => opportunity.id)).toEqual(['e-c-0', 'e-c-1']);
  });

  it('never turns its clock back', () => {
    const bench = paying();
    bench.feed({ type: 'alive', exchange: 'okx', symbols: [], atMs: bench.nowMs - 900 });
    const legs = ['okx', 'binance'].map((exchange) => ({ exchange, symbol: 'BTC/USDT' }));
    expect(bench.detector.explain(legs[0]!, legs[1]!)?.atMs).toBe(bench.nowMs);
  });

  it('is silent where the tops are not crossed', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance');
    bench.book('okx', [99, 1], [100, 1]).book('binance', [99.5, 1], [100.5, 1]).wait(100);
    expect(bench.events).toEqual([]);
    expect(bench.refused()).toEqual({});
  });

  it('closes as collapsed when the spread is gone, as of when it last paid', () => {
    const bench = paying();
    bench.wait(100).wait(50);
    bench.nowMs += 10;
    const lastPaid = bench.nowMs;
    bench.book('binance', [99.8, 40], [100.2, 40]).wait(300);
    expect(bench.events.at(-1)).toMatchObject({
      event: 'closed',
      opportunity: { closeReason: 'collapsed', closedAtMs: lastPaid, aboveMs: 160 },
    });
    expect(bench.detector.lives()).toEqual([]);
  });

  it('counts an entry into a reason once, however often it is judged, and its time', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance');
    bench.book('okx', [99.9, 50], [100, 50]).book('binance', [100.1, 40], [100.2, 40]);
    for (let i = 0; i < 10; i++) bench.wait(100);
    expect(bench.detector.refusals()).toMatchObject([{ reason: 'below_threshold', entries: 1, durationMs: 1_000 }]);
  });

  it.each<[string, (bench: DetectorRig) => void]>([
    [
      'exchange_down',
      (b) => {
        b.feed({ type: 'exchange', exchange: 'okx', state: 'down', clockOffsetMs: 0, atMs: b.nowMs });
      },
    ],
    [
      'out_of_sync',
      (b) => {
        b.feed({
          type: 'bookState',
          instrument: { exchange: 'okx', symbol: 'BTC/USDT' },
          state: 'resyncing',
          reason: 'sequence_gap',
          atMs: b.nowMs,
        });
      },
    ],
    [
      'one_sided',
      (b) => {
        b.book('okx', [], [100, 50]);
      },
    ],
    [
      'crossed_book',
      (b) => {
        b.book('okx', [100.2, 1], [100, 50]);
      },
    ],
    [
      'stale',
      (b) => {
        b.wait(3_001);
      },
    ],
    [
      'below_threshold',
      (b) => {
        b.book('okx', [100.1, 50], [100.4, 50]);
      },
    ],
    [
      'too_thin',
      (b) => {
        b.book('okx', [99.9, 50], [100, 0.5]);
      },
    ],
  ])('refuses with %s and closes what was open', (reason, trouble) => {
    const bench = paying();
    trouble(bench);
    expect(bench.refused()).toEqual({ [reason]: 1 });
    bench.wait(300);
    expect(bench.events.at(-1)).toMatchObject({
      event: 'closed',
      opportunity: { closeReason: reason === 'below_threshold' ? 'collapsed' : reason },
    });
  });

  it('counts a book that was thrown away for being crossed as such, and not as out of sync', () => {
    const bench = paying();
    const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
    const state = { type: 'bookState', instrument, state: 'resyncing', atMs: bench.nowMs } as const;
    bench.feed({ ...state, reason: 'crossed_book' });
    expect(bench.refused()).toEqual({ crossed_book: 1 });
    bench.wait(300);
    expect(bench.events.at(-1)?.opportunity.closeReason).toBe('crossed_book');
    bench.feed({ ...state, reason: 'disconnected' });
    expect(bench.refused()).toEqual({ crossed_book: 1, out_of_sync: 1 });
  });

  it('takes a proof of life for the age of a quiet book, but not for ever', () => {
    const bench = paying();
    for (let i = 0; i < 59; i++) {
      bench.nowMs += 1_000;
      for (const exchange of ['okx', 'binance']) {
        bench.feed({ type: 'alive', exchange, symbols: ['BTC/USDT'], atMs: bench.nowMs });
      }
      bench.wait(0);
    }
    expect(bench.refused()).toEqual({});
    bench.feed({ type: 'alive', exchange: 'okx', symbols: ['BTC/USDT'], atMs: bench.nowMs + 2_000 });
    bench.wait(2_000);
    expect(bench.refused()).toEqual({ stale: 1 });
  });

  it('measures age on the clock of the exchange, its offset taken off', () => {
    const late = new DetectorRig().exchange('okx').exchange('binance');
    late.book('okx', [99.9, 50], [100, 50], 'BTC/USDT', late.nowMs - 3_500);
    late.book('binance', [100.5, 40], [100.6, 40]);
    expect(late.refused()).toEqual({ stale: 1 });

    const offset = new DetectorRig().exchange('okx').exchange('binance');
    offset.feed({ type: 'exchange', exchange: 'okx', state: 'live', clockOffsetMs: 3_400, atMs: offset.nowMs });
    offset.book('okx', [99.9, 50], [100, 50], 'BTC/USDT', offset.nowMs - 3_500);
    offset.book('binance', [100.5, 40], [100.6, 40]);
    expect(offset.refused()).toEqual({});
  });

  it('holds an open route to a lower threshold', () => {
    const bench = paying();
    bench.wait(100);
    bench.book('binance', [100.245, 40], [100.6, 40]);
    expect(bench.refused()).toEqual({});
    bench.book('binance', [100.23, 40], [100.6, 40]);
    expect(bench.refused()).toEqual({ below_threshold: 1 });
  });

  it('never pays at a fee that nobody told', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDT', NaN);
    bench.book('okx', [99, 50], [100, 50]).book('binance', [150, 40], [151, 40]);
    expect(bench.events).toEqual([]);
  });

  it('holds minimums in USD through live books, and refuses a quote that none joins', () => {
    const won = new DetectorRig().exchange('upbit', 'BTC/KRW').exchange('bithumb', 'BTC/KRW');
    won.book('upbit', [99, 5], [100, 5], 'BTC/KRW').book('bithumb', [101, 5], [102, 5], 'BTC/KRW');
    expect(won.refused()).toEqual({ quote: 1 });
    won.exchange('upbit', 'USDT/KRW').book('upbit', [1_399, 9], [1_401, 9], 'USDT/KRW');
    won.exchange('kraken', 'USDT/USD').book('kraken', [0.999, 9], [1.001, 9], 'USDT/USD');
    won.wait(100);
    expect(won.refused()).toEqual({ quote: 1, too_thin: 1 });
  });

  it('does not hold minimums through a rate whose books are long gone', () => {
    const won = new DetectorRig()
      .exchange('upbit', 'BTC/KRW')
      .exchange('bithumb', 'BTC/KRW')
      .exchange('upbit', 'KRW/USD');
    const trade = (): void => {
      won.book('upbit', [99, 5], [100, 5], 'BTC/KRW').book('bithumb', [101, 5], [102, 5], 'BTC/KRW');
    };
    won.book('upbit', [0.99, 9], [1.01, 9], 'KRW/USD');
    trade();
    expect(won.events.map(({ event }) => event)).toEqual(['opened']);
    won.nowMs += 59_000;
    trade();
    expect(won.refused()['quote']).toBeUndefined();
    won.nowMs += 2_000;
    trade();
    expect(won.refused()['quote']).toBe(1);
  });

  it('closes everything with shutdown', () => {
    const bench = paying();
    bench.detector.shutdown(bench.nowMs + 5);
    expect(bench.events.at(-1)).toMatchObject({ event: 'closed', opportunity: { closeReason: 'shutdown' } });
    expect(bench.detector.lives()).toEqual([]);
  });

  it('decides the same, byte for byte, from the same log', () => {
    const exchange = fc.constantFrom('okx', 'binance', 'kraken');
    const price = fc.integer({ min: 95, max: 105 });
    const move = fc.tuple(exchange, price, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 900 }));
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 80 }), (moves) => {
        const first = new DetectorRig().exchange('okx').exchange('binance').exchange('kraken');
        for (const [id, bid, width, waitMs] of moves) first.book(id, [bid, 9], [bid + width, 9]).wait(waitMs);
        const second = new DetectorRig(detectorSettings);
        for (const input of first.log) second.feed(input);
        expect(JSON.stringify(second.events)).toBe(JSON.stringify(first.events));
        expect(JSON.stringify(second.detector.refusals())).toBe(JSON.stringify(first.detector.refusals()));
        const opened = first.events.filter((event) => event.event === 'opened');
        const closed = first.events.filter((event) => event.event === 'closed');
        expect(opened.length - closed.length).toBe(first.detector.lives().length);
        expect(new Set(opened.map((event) => event.opportunity.id)).size).toBe(opened.length);
      }),
    );
  });
});
