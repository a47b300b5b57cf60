import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ladder } from './ladder.js';

const levels = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 })), { maxLength: 200 });

describe('Ladder', () => {
  it('holds bids from the highest down and asks from the lowest up', () => {
    const bids = new Ladder('bid', 10);
    const asks = new Ladder('ask', 10);
    for (const ladder of [bids, asks]) ladder.reset([2, 20, 1, 10, 3, 30]);
    expect(bids.top(9)).toEqual([
      [3, 30],
      [2, 20],
      [1, 10],
    ]);
    expect(asks.top(2)).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  it('equals a map that took the same changes', () => {
    fc.assert(
      fc.property(levels, (changes) => {
        const ladder = new Ladder('ask', 1_000);
        const map = new Map<number, number>();
        for (const [price, size] of changes) {
          ladder.apply([price, size]);
          if (size === 0) map.delete(price);
          else map.set(price, size);
        }
        expect(ladder.top(1_000)).toEqual([...map].sort((a, b) => a[0] - b[0]));
      }),
    );
  });

  it('never shows a level beyond what it knows without holes', () => {
    const ladder = new Ladder('ask', 3);
    ladder.reset([1, 1, 2, 1, 3, 1, 4, 1, 5, 1]);
    ladder.apply([1, 0, 2, 0]);
    ladder.apply([9, 1]);
    expect(ladder.top(9)).toEqual([[3, 1]]);
    expect(ladder.isShallow(2)).toBe(true);
  });

  it('keeps the best of a whole book whatever its order, and nothing beyond', () => {
    const prices = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 12, maxLength: 300 });
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 400 }), (list, late) => {
        const asks = new Ladder('ask', 10);
        asks.reset(list.flatMap((price) => [price, 1]));
        const best = [...list].sort((a, b) => a - b).slice(0, 10);
        expect(asks.top(99).map(([price]) => price)).toEqual(best);
        asks.apply([late, 2]);
        expect(asks.price(asks.length - 1)).toBeLessThanOrEqual(best[9]!);
      }),
    );
  });

  it('reports what a cut to N levels removed, so that a follower does the same', () => {
    const ladder = new Ladder('bid', 100);
    ladder.reset([5, 1, 4, 1, 3, 1, 2, 1]);
    expect(ladder.truncate(2)).toEqual([2, 0, 3, 0]);
    ladder.apply([3, 7]);
    expect(ladder.top(9)).toEqual([
      [5, 1],
      [4, 1],
      [3, 7],
    ]);
  });

  it('holds as many levels as it may, however they come', () => {
    const ladder = new Ladder('bid', 500);
    const levels = Array.from({ length: 500 }, (_, index) => [index + 1, 1_000 + index]);
    ladder.reset(levels.slice(0, 300).flat());
    ladder.apply(levels.slice(300).flat());
    expect(ladder.top(999)).toEqual(levels.reverse());
  });

  it.each(['bid', 'ask'] as const)('puts and takes levels of a deep %s side anywhere', (side) => {
    const ladder = new Ladder(side, 500);
    const worst = side === 'bid' ? 1 : 200;
    const levels = (from: number): number[] => Array.from({ length: 100 }, (_, index) => [from + 2 * index, 1]).flat();
    ladder.reset(levels(1));
    ladder.apply(levels(2));
    ladder.apply([worst, 0, 100, 0, 101, 7]);
    const prices = Array.from({ length: 200 }, (_, index) => index + 1).filter((at) => at !== worst && at !== 100);
    const expected = prices.map((at) => [at, at === 101 ? 7 : 1]);
    expect(ladder.top(999)).toEqual(side === 'bid' ? expected.reverse() : expected);
  });

  it.each([
    ['bid', [8, 7, 6], 5, 9],
    ['ask', [2, 3, 4], 5, 1],
  ] as const)(
    'cuts a %s side that a change made too long, and knows nothing beyond the cut',
    (side, kept, beyond, best) => {
      const ladder = new Ladder(side, 3);
      ladder.reset(kept.flatMap((price) => [price, 1]));
      expect(ladder.isShallow(99)).toBe(false);
      ladder.apply([beyond, 1]);
      expect(ladder.top(9).map(([price]) => price)).toEqual(kept);
      expect([ladder.isShallow(3), ladder.isShallow(4)]).toEqual([false, true]);
      ladder.apply([best, 1, kept[1], 0]);
      expect(ladder.top(9).map(([price]) => price)).toEqual([best, kept[0], kept[2]]);
      // The deepest known level is still within what is known; one beyond it is not.
      ladder.apply([kept[2], 7]);
      expect(ladder.size(2)).toBe(7);
      ladder.apply([kept[2], 0, beyond, 1]);
      expect(ladder.length).toBe(2);
    },
  );

  it('changes nothing at a level that is not there', () => {
    const ladder = new Ladder('ask', 10);
    ladder.reset([1, 1, 3, 1]);
    ladder.apply([2, 0, 4, 0, 0.5, 0]);
    expect(ladder.top(9)).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect([ladder.price(2), ladder.size(2), ladder.price(99)]).toEqual([NaN, NaN, NaN]);
    ladder.clear();
    ladder.apply([2, 0]);
    expect(ladder.length).toBe(0);
  });

  it('cuts nothing that is no longer than asked', () => {
    const ladder = new Ladder('bid', 10);
    ladder.reset([5, 1, 4, 1]);
    expect([ladder.truncate(2), ladder.truncate(9)]).toEqual([[], []]);
    expect(ladder.length).toBe(2);
  });

  it('takes a side for whole again once it was replaced', () => {
    const ladder = new Ladder('ask', 2);
    ladder.reset([1, 1, 2, 1, 3, 1]);
    expect(ladder.isShallow(5)).toBe(true);
    ladder.reset([1, 1]);
    expect(ladder.isShallow(5)).toBe(false);
    ladder.bound(2);
    expect(ladder.isShallow(5)).toBe(false);
    ladder.bound(1);
    expect(ladder.isShallow(5)).toBe(true);
  });

  it.each([
    [1, Infinity],
    [NaN, 1],
    [1, NaN],
    [-1, 1],
    [0, 1],
    [1, -1],
    [Infinity, 1],
  ])('refuses the level %p × %p', (price, size) => {
    const ladder = new Ladder('bid', 10);
    expect(() => {
      ladder.apply([price, size]);
    }).toThrow(new RangeError(`a price level must be finite, price above 0, size 0 or more: got ${price} × ${size}`));
  });
});
