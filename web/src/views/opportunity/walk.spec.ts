import { describe, expect, it } from '@jest/globals';
import { walkLadders } from '../../../../src/core/spread/ladder-walk.js';
import { type Levels, sharesOf, walkBeyond } from './walk.js';

const TERMS = { buyTakerFeeBps: 10, sellTakerFeeBps: 10, buyUnit: 1, sellUnit: 1, rate: 1 };
const ASKS: Levels = [
  [100, 2],
  [101, 3],
  [103, 5],
];
const BIDS: Levels = [
  [104, 1],
  [102, 3],
  [99, 9],
];

function ladderOf(levels: Levels): { length: number; price(rank: number): number; size(rank: number): number } {
  return { length: levels.length, price: (rank) => levels[rank]?.[0] ?? NaN, size: (rank) => levels[rank]?.[1] ?? NaN };
}

describe('walkBeyond', () => {
  it('pays up to the size and with the profit that detection finds, and falls from there', () => {
    const found = walkLadders(ladderOf(ASKS), ladderOf(BIDS), 10, 10);
    const { sizes, profits, payingSize } = walkBeyond(ASKS, BIDS, TERMS);
    expect(payingSize).toBeCloseTo(found.size, 12);
    expect(Math.max(...profits)).toBeCloseTo(found.netProfit, 12);
    expect(sizes.at(-1)).toBeGreaterThan(payingSize);
    expect(profits.at(-1)).toBeLessThan(found.netProfit);
  });

  it('brings legs of other units and another quote together', () => {
    const thousands: Levels = BIDS.map(([price, size]) => [(price * 1_000) / 2, size / 1_000]);
    const plain = walkBeyond(ASKS, BIDS, TERMS);
    const joined = walkBeyond(ASKS, thousands, { ...TERMS, sellUnit: 1_000, rate: 2 });
    expect(joined.payingSize).toBeCloseTo(plain.payingSize, 9);
    expect(Math.max(...joined.profits)).toBeCloseTo(Math.max(...plain.profits), 9);
  });

  it('is empty where a book is', () => {
    expect(walkBeyond([], BIDS, TERMS)).toEqual({ sizes: [0], profits: [0], payingSize: 0 });
  });
});

describe('sharesOf', () => {
  it('takes whole levels from the best on, and a part of the last', () => {
    expect(sharesOf(ASKS, 1, 3.5)).toEqual([1, 0.5, 0]);
  });
});
