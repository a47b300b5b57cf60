import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { crossedBook } from './crossed-book.js';

describe('crossedBook', () => {
  it.each(['buy', 'sell'] as const)(
    'refuses a %s leg whose own bid is above its own ask, not one that is locked',
    (leg) => {
      expect(crossedBook.refuses(candidate({ [leg]: { bid: 103, ask: 102.9 } }))).toBe(true);
      expect(crossedBook.refuses(candidate({ [leg]: { bid: 103, ask: 103 } }))).toBe(false);
      expect(crossedBook.refuses(candidate({ [leg]: { bid: null, ask: 103 } }))).toBe(false);
    },
  );

  it('refuses a leg whose owner threw its book away for that', () => {
    const lost = { bookState: 'resyncing', doubt: 'crossed_book', book: 'waiting' } as const;
    expect(crossedBook.refuses(candidate({ buy: lost }))).toBe(true);
    expect(crossedBook.refuses(candidate({ sell: lost }))).toBe(true);
    expect(crossedBook.refuses(candidate({ sell: { ...lost, doubt: 'checksum' } }))).toBe(false);
    expect(crossedBook.refuses(candidate({ sell: { ...lost, bookState: 'live' } }))).toBe(false);
  });

  it('measures the four tops', () => {
    expect(crossedBook.measure(candidate({ buy: { bid: 103, ask: 102 }, sell: { bid: null, ask: 1 } }))).toEqual({
      ...{ buyBid: 103, buyAsk: 102, sellBid: null, sellAsk: 1 },
    });
    expect(crossedBook.measure(candidate({ buy: { book: 'none' } }))).toMatchObject({ buyBid: null, buyAsk: null });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(crossedBook, ['book', 'bid', 'ask', 'bookState', 'doubt'], []);
  });
});
