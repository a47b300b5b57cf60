import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listingsOf, type SimulatedExchange } from '../world/listings.js';
import { SimBook } from '../world/sim-book.js';
import { walk } from './profit-walk.js';

/** A book of one side; prices in cents, sizes in lots. */
function bookOf(
  exchange: SimulatedExchange,
  side: 'bid' | 'ask',
  levels: readonly (readonly [number, number])[],
): SimBook {
  const book = new SimBook(listingsOf(exchange, ['ETH/USDT'])[0]!, 1);
  for (const [price, size] of levels) book.set(side, price, size);
  return book;
}

describe('walk', () => {
  const asks = bookOf('binance', 'ask', [
    [290_000, 30_000],
    [290_500, 30_000],
  ]);
  const bids = bookOf('bybit', 'bid', [[292_000, 1_000_000]]);

  it('takes all that pays, and no more of it than the selling quote can become', () => {
    const all = walk(asks, bids, 1)!;
    expect(all.notional).toBeCloseTo(3 * 2_900 + 3 * 2_905, 6);
    const half = walk(asks, bids, 1, 3 * 2_920 * (1 - 0.0008))!;
    expect(half.notional).toBeCloseTo(3 * 2_900, 6);
    expect(half.topNetBps).toBe(all.topNetBps);
    expect(walk(bookOf('binance', 'ask', [[295_000, 1]]), bids, 1)).toBeNull();
  });

  it('comes to an end whatever the bound', () => {
    const bound = fc.double({ min: Number.MIN_VALUE, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(bound, fc.constantFrom(0.99991234567, 1, 1.00007), (most, rate) => {
        expect(walk(asks, bids, rate, most)!.notional).toBeLessThanOrEqual(
          Math.min(most, 3 * 2_905 + 3 * 2_900 + 1e-6),
        );
      }),
    );
  });
});
