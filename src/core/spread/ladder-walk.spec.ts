import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ladder } from '../order-book/ladder.js';
import { walkLadders } from './ladder-walk.js';
import { netBps } from './top-spread.js';

const asksOf = (levels: [number, number][]): Ladder => {
  const ladder = new Ladder('ask', 1_000);
  ladder.reset(levels.flat());
  return ladder;
};
const bidsOf = (levels: [number, number][]): Ladder => {
  const ladder = new Ladder('bid', 1_000);
  ladder.reset(levels.flat());
  return ladder;
};
const level = fc.tuple(fc.integer({ min: 9_000, max: 11_000 }), fc.integer({ min: 1, max: 50 }));
const levels = fc.array(level, { minLength: 1, maxLength: 30 });
const fee = fc.double({ min: -5, max: 60, noNaN: true });

describe('walkLadders', () => {
  it('takes every unit that pays and no other', () => {
    const walk = walkLadders(
      asksOf([
        [100, 1],
        [101, 2],
        [110, 9],
      ]),
      bidsOf([
        [104, 2],
        [102, 5],
        [90, 9],
      ]),
      0,
      0,
    );
    expect(walk.size).toBe(3);
    expect(walk.notional).toBe(302);
    expect(walk.proceeds).toBe(310);
    expect(walk.netProfit).toBe(8);
    expect(walk.netBps).toBeCloseTo((8 / 302) * 10_000, 9);
    expect([walk.buyLevels, walk.sellLevels]).toEqual([3, 2]);
  });

  it('finds nothing where only the fees make it a loss', () => {
    const walk = walkLadders(asksOf([[100, 1]]), bidsOf([[100.15, 1]]), 10, 10);
    expect(walk.size).toBe(0);
    expect(walk.netProfit).toBe(0);
    expect(walk.netBps).toBeNaN();
  });

  it('finds nothing in an empty ladder', () => {
    expect(walkLadders(asksOf([]), bidsOf([[1, 1]]), 0, 0).size).toBe(0);
  });

  it('keeps each VWAP between the best and the worst level touched', () => {
    fc.assert(
      fc.property(levels, levels, fee, fee, (ask, bid, buyFee, sellFee) => {
        const asks = asksOf(ask);
        const bids = bidsOf(bid);
        const walk = walkLadders(asks, bids, buyFee, sellFee);
        fc.pre(walk.size > 0);
        expect(walk.buyVwap).toBeGreaterThanOrEqual(asks.price(0) - 1e-6);
        expect(walk.buyVwap).toBeLessThanOrEqual(asks.price(walk.buyLevels - 1) + 1e-6);
        expect(walk.sellVwap).toBeLessThanOrEqual(bids.price(0) + 1e-6);
        expect(walk.sellVwap).toBeGreaterThanOrEqual(bids.price(walk.sellLevels - 1) - 1e-6);
      }),
    );
  });

  it('never earns more with a higher fee', () => {
    fc.assert(
      fc.property(levels, levels, fee, fee, fc.double({ min: 0, max: 30, noNaN: true }), (ask, bid, b, s, more) => {
        const cheap = walkLadders(asksOf(ask), bidsOf(bid), b, s);
        const dear = walkLadders(asksOf(ask), bidsOf(bid), b + more, s);
        expect(dear.netProfit).toBeLessThanOrEqual(cheap.netProfit + 1e-6);
        expect(dear.size).toBeLessThanOrEqual(cheap.size);
      }),
    );
  });

  it('pays exactly when the tops pay, and never better than they do', () => {
    fc.assert(
      fc.property(levels, levels, fee, fee, (ask, bid, buyFee, sellFee) => {
        const asks = asksOf(ask);
        const bids = bidsOf(bid);
        const top = netBps(asks.price(0), bids.price(0), buyFee, sellFee);
        const walk = walkLadders(asks, bids, buyFee, sellFee);
        fc.pre(Math.abs(top) > 1e-6);
        expect(walk.size > 0).toBe(top > 0);
        if (walk.size > 0) expect(walk.netBps).toBeLessThanOrEqual(top + 1e-6);
      }),
    );
  });
});
