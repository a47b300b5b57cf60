import { describe, expect, it } from '@jest/globals';
import { listingsOf, type SimulatedExchange } from '../world/listings.js';
import { SimBook } from '../world/sim-book.js';
import { SpellLedger } from './spell-ledger.js';

function bookOf(exchange: SimulatedExchange, symbol = 'ETH/USDT'): SimBook {
  return new SimBook(listingsOf(exchange, [symbol])[0]!, 1);
}

// Levels in quote and base: both exchanges have a tick of 0.01 here.
function quote(book: SimBook, side: 'bid' | 'ask', price: number, size: number): void {
  book.set(side, Math.round(price * 100), Math.round(size * 10 ** book.listing.sizeDecimals));
}

describe('SpellLedger', () => {
  const binance = bookOf('binance');
  const okx = bookOf('okx');
  const ledger = new SpellLedger([binance, okx], (exchange) => exchange === 'okx');
  const publish = (book: SimBook, nowMs: number): void => {
    ledger.update(
      book.commit((sequence) => sequence + 1, nowMs),
      nowMs,
      nowMs,
    );
  };

  it('sees nothing while the gross spread is within the fees', () => {
    quote(binance, 'ask', 2900, 1);
    quote(binance, 'bid', 2899.9, 1);
    quote(okx, 'ask', 2904.6, 1);
    // 15.4 bps above the ask; the two fees together are 15.5.
    quote(okx, 'bid', 2904.46, 1);
    publish(binance, 10);
    publish(okx, 20);
    expect(ledger.since(0)).toEqual([]);
  });

  it('opens a spell when the top pays after both fees, with the net gain and what can be bought', () => {
    quote(okx, 'ask', 2904.6, 0);
    quote(okx, 'ask', 2911, 1);
    quote(okx, 'bid', 2910, 0.4);
    quote(okx, 'bid', 2905, 0.2);
    publish(okx, 1_000.25);
    const [spell, ...others] = ledger.since(0);
    expect(others).toEqual([]);
    const net = ((2910 * (1 - 0.0008) - 2900 * (1 + 0.00075)) / 2900) * 10_000;
    expect(spell).toMatchObject({
      routeId: 'cross:binance:ETH/USDT>okx:ETH/USDT',
      ...{ symbol: 'ETH/USDT', buyExchange: 'binance', sellExchange: 'okx' },
      ...{ startMs: 1_000.25, endMs: null, seeded: true },
    });
    expect(spell?.peakNetBps).toBeCloseTo(net, 9);
    // 2905 pays as well (17.2 bps gross), 2904.46 does not: 0.6 ETH at 2900.
    expect(spell?.payingNotional).toBeCloseTo(0.6 * 2900, 6);
  });

  it('keeps the peak, closes it when the last gain is gone, and tells it by end time', () => {
    quote(okx, 'bid', 2910, 0);
    publish(okx, 1_500);
    quote(okx, 'bid', 2905, 0);
    publish(okx, 2_000);
    const [spell] = ledger.since(0);
    expect(spell).toMatchObject({ startMs: 1_000.25, endMs: 2_000 });
    expect(spell?.payingNotional).toBeCloseTo(1740, 6);
    expect(ledger.since(2_000)).toHaveLength(1);
    expect(ledger.since(2_001)).toEqual([]);
  });

  it('closes what pays when a book comes to rest, and opens nothing with it until it moves', () => {
    quote(okx, 'bid', 2910, 1);
    publish(okx, 3_000);
    ledger.rest(okx, 3_100);
    ledger.rest(okx, 3_200);
    publish(binance, 3_300);
    expect(ledger.since(3_000)).toMatchObject([{ startMs: 3_000, endMs: 3_100 }]);
    publish(okx, 3_400);
    expect(ledger.since(3_101)).toMatchObject([{ startMs: 3_400, endMs: null }]);
  });

  it.each([
    [
      'lacks its other side',
      (): void => {
        quote(binance, 'bid', 2899.9, 0);
      },
      (): void => {
        quote(binance, 'bid', 2899.9, 1);
      },
    ],
    [
      'is crossed',
      (): void => {
        quote(binance, 'bid', 2901, 1);
      },
      (): void => {
        quote(binance, 'bid', 2901, 0);
      },
    ],
  ])('closes what pays with a book that %s', (_what, spoil, mend) => {
    spoil();
    publish(binance, 4_000);
    expect(ledger.since(4_001)).toEqual([]);
    mend();
    publish(binance, 5_000);
    expect(ledger.since(5_000)).toMatchObject([{ startMs: 5_000, endMs: null }]);
  });
});

describe('SpellLedger with terms', () => {
  it('tells only of what pays as much and holds as much as asked', () => {
    const binance = bookOf('binance');
    const okx = bookOf('okx');
    const ledger = new SpellLedger([binance, okx], () => false, { minNetBps: 10, minNotional: 1_000 });
    const bid = (price: number, size: number, nowMs: number): void => {
      quote(okx, 'bid', price, size);
      for (const book of [binance, okx]) {
        ledger.update(
          book.commit((sequence) => sequence + 1, nowMs),
          nowMs,
          nowMs,
        );
      }
    };
    quote(binance, 'ask', 2900, 1);
    quote(binance, 'bid', 2899.9, 1);
    quote(okx, 'ask', 2920, 1);
    // 18.9 bps after fees, and 580 USDT.
    bid(2910, 0.2, 100);
    expect(ledger.since(0)).toEqual([]);
    // As much again at 1.7 bps: enough to take, and 10.3 bps over all of it.
    bid(2905, 0.2, 200);
    expect(ledger.since(0)).toMatchObject([{ startMs: 200, endMs: null, payingNotional: 0.4 * 2900 }]);
    // More of it takes the whole under what is asked, though the top pays as before.
    bid(2905, 0.4, 300);
    expect(ledger.since(0)).toMatchObject([{ startMs: 200, endMs: 300 }]);
  });
});

describe('SpellLedger over two quotes', () => {
  const buy = bookOf('binance', 'ETH/USDT');
  const sell = bookOf('okx', 'ETH/USD');
  const join = bookOf('okx', 'USDT/USD');
  const ledger = new SpellLedger([buy, sell, join], (_, symbol) => symbol === 'USDT/USD');
  const publish = (book: SimBook, nowMs: number): void => {
    ledger.update(
      book.commit((sequence) => sequence + 1, nowMs),
      nowMs,
      nowMs,
    );
  };
  const dollar = (side: 'bid' | 'ask', price: number, size: number): void => {
    join.set(side, Math.round(price * 10_000), size);
  };

  it('turns the proceeds into what was paid with, at the side that the trade takes and its fee', () => {
    quote(buy, 'ask', 2900, 1);
    quote(buy, 'bid', 2899, 1);
    quote(sell, 'ask', 2912, 1);
    quote(sell, 'bid', 2911, 1);
    dollar('bid', 0.9999, 1_000_000);
    dollar('ask', 1.0001, 1_000_000);
    for (const book of [join, buy, sell]) publish(book, 100);
    const [spell, ...others] = ledger.since(0);
    expect(others).toEqual([]);
    const rate = 1 / (1.0001 * (1 + 0.0008));
    const net = ((2911 * (1 - 0.0008) * rate - 2900 * (1 + 0.00075)) / 2900) * 10_000;
    expect(spell).toMatchObject({
      routeId: 'cross:binance:ETH/USDT>okx:ETH/USD',
      ...{ symbol: 'ETH/USDT', sellSymbol: 'ETH/USD', via: 'okx:USDT/USD', startMs: 100, endMs: null, seeded: true },
    });
    expect(spell?.peakNetBps).toBeCloseTo(net, 9);
  });

  it('ends when the join no longer gives enough, and begins when it does', () => {
    dollar('ask', 1.0001, 0);
    dollar('ask', 1.004, 1_000_000);
    publish(join, 200);
    dollar('ask', 1.0001, 1_000_000);
    publish(join, 300);
    expect(ledger.since(0)).toMatchObject([
      { startMs: 100, endMs: 200 },
      { startMs: 300, endMs: null },
    ]);
  });

  it('pays nothing while no book joins the two', () => {
    ledger.rest(join, 400);
    publish(buy, 500);
    expect(ledger.since(301)).toMatchObject([{ startMs: 300, endMs: 400 }]);
  });
});
