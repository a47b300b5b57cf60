import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { oneSided } from './one-sided.js';

describe('oneSided', () => {
  it.each(['buy', 'sell'] as const)('refuses a %s leg with an empty side, even the side that is not traded', (leg) => {
    expect(oneSided.refuses(candidate({ [leg]: { bid: null } }))).toBe(true);
    expect(oneSided.refuses(candidate({ [leg]: { ask: null } }))).toBe(true);
    expect(oneSided.refuses(candidate({ [leg]: { book: 'none' } }))).toBe(true);
    expect(oneSided.refuses(candidate())).toBe(false);
  });

  it('leaves a book that was thrown away for being crossed to the gate of that reason', () => {
    const lost = { bookState: 'resyncing', doubt: 'crossed_book', book: 'waiting' } as const;
    expect(oneSided.refuses(candidate({ sell: lost }))).toBe(false);
  });

  it('measures how many levels each side has', () => {
    expect(oneSided.measure(candidate({ buy: { bid: null }, sell: { ask: null } }))).toEqual({
      ...{ buyBidLevels: 0, buyAskLevels: 1, sellBidLevels: 1, sellAskLevels: 0 },
    });
    expect(oneSided.measure(candidate({ buy: { book: 'none' }, sell: { book: 'none' } }))).toEqual({
      ...{ buyBidLevels: 0, buyAskLevels: 0, sellBidLevels: 0, sellAskLevels: 0 },
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(oneSided, ['book', 'bid', 'ask', 'bookState', 'doubt'], []);
  });
});
