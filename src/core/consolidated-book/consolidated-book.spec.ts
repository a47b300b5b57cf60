import { describe, expect, it } from '@jest/globals';
import { OrderBook } from '../order-book/order-book.js';
import { consolidate } from './consolidated-book.js';

function book(exchange: string, bids: number[], asks: number[]): OrderBook {
  const instrument = { exchange, symbol: 'BTC/USDT' };
  const made = new OrderBook(instrument, 50);
  made.apply({ v: 1, instrument, kind: 'snapshot', bids, asks, sequence: 1, exchangeTimeMs: null, receivedAtMs: 1 });
  return made;
}

describe('consolidate', () => {
  it('takes the highest bid and the lowest ask, and says whose they are', () => {
    const top = consolidate([book('okx', [99, 1], [101, 2]), book('kraken', [100, 3], [102, 4])]);
    expect(top).toMatchObject({
      bestBid: { instrument: { exchange: 'kraken' }, price: 100, size: 3 },
      bestAsk: { instrument: { exchange: 'okx' }, price: 101, size: 2 },
      isLocked: false,
      isCrossed: false,
    });
  });

  it('tells locked from crossed', () => {
    expect(consolidate([book('a', [100, 1], [101, 1]), book('b', [99, 1], [100, 1])])).toMatchObject({
      isLocked: true,
      isCrossed: false,
    });
    expect(consolidate([book('a', [100, 1], [101, 1]), book('b', [98, 1], [99, 1])])).toMatchObject({
      isLocked: false,
      isCrossed: true,
    });
  });

  it('leaves out books that are discarded, crossed in themselves or one-sided where they have nothing', () => {
    const discarded = book('a', [500, 1], [501, 1]);
    discarded.discard();
    const top = consolidate([discarded, book('b', [300, 1], [200, 1]), book('c', [], [101, 1])]);
    expect(top).toEqual({
      bestBid: null,
      bestAsk: { instrument: { exchange: 'c', symbol: 'BTC/USDT' }, price: 101, size: 1 },
      isLocked: false,
      isCrossed: false,
    });
  });
});
