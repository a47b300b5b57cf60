import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { outOfSync } from './out-of-sync.js';

describe('outOfSync', () => {
  it.each(['buy', 'sell'] as const)('refuses a %s leg that waits for a snapshot', (leg) => {
    for (const bookState of ['resyncing', 'stale', 'unavailable'] as const) {
      expect(outOfSync.refuses(candidate({ [leg]: { bookState, doubt: 'sequence_gap' } }))).toBe(true);
    }
    expect(outOfSync.refuses(candidate({ [leg]: { book: 'waiting' } }))).toBe(true);
    expect(outOfSync.refuses(candidate({ [leg]: { book: 'none' } }))).toBe(true);
    expect(outOfSync.refuses(candidate())).toBe(false);
  });

  it('leaves a book that was thrown away for being crossed to the gate of that reason', () => {
    const lost = { bookState: 'resyncing', doubt: 'crossed_book', book: 'waiting' } as const;
    expect(outOfSync.refuses(candidate({ buy: lost }))).toBe(false);
    expect(outOfSync.refuses(candidate({ buy: lost, sell: { book: 'waiting' } }))).toBe(true);
  });

  it('measures the states of both books and why they are in doubt', () => {
    expect(outOfSync.measure(candidate({ buy: { bookState: 'resyncing', doubt: 'checksum' } }))).toEqual({
      ...{ buyBook: 'resyncing', buyDoubt: 'checksum', sellBook: 'live', sellDoubt: null },
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(outOfSync, ['bookState', 'doubt', 'book'], []);
  });
});
