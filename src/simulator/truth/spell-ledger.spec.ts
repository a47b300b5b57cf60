import { describe, expect, it } from '@jest/globals';
import { listingsOf, type SimulatedExchange } from '../world/listings.js';
import { SimBook } from '../world/sim-book.js';
import { SpellLedger } from './spell-ledger.js';

function bookOf(exchange: SimulatedExchange): SimBook {
  return new SimBook(listingsOf(exchange, ['ETH/USDT'])[0]!, 1);
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
