import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ladder } from '../order-book/ladder.js';
import { PLAIN_TERMS, type WalkTerms, walkLadders } from './ladder-walk.js';

type Levels = readonly (readonly [number, number])[];
const ladderOf = (side: 'bid' | 'ask', levels: Levels): Ladder => {
  const ladder = new Ladder(side, 1_000);
  ladder.reset(levels.flat());
  return ladder;
};
const walk = (asks: Levels, bids: Levels, terms: Partial<WalkTerms> = {}, fees: [number, number] = [0, 0]) =>
  walkLadders(ladderOf('ask', asks), ladderOf('bid', bids), ...fees, { ...PLAIN_TERMS, ...terms });

/** The same in small portions, one after another, as a person would do it. */
function naive(asks: Ladder, bids: Ladder, [buyFee, sellFee]: [number, number], terms: WalkTerms, portion: number) {
  const buying = asks.top(1_000).map(([price, size]) => ({ price: price / terms.buyUnit, left: size * terms.buyUnit }));
  const selling = bids
    .top(1_000)
    .map(([price, size]) => ({ price: (price * terms.rate) / terms.sellUnit, left: size * terms.sellUnit }));
  const total = { size: 0, notional: 0, proceeds: 0 };
  for (;;) {
    const ask = buying.find(({ left }) => left > 1e-9);
    const bid = selling.find(({ left }) => left > 1e-9);
    if (!ask || !bid) return total;
    if (bid.price * (1 - sellFee / 10_000) <= ask.price * (1 + buyFee / 10_000)) return total;
    const room = Math.min(terms.maxSize - total.size, (terms.maxNotional - total.notional) / ask.price);
    const unsold = (terms.maxProceeds / (1 - sellFee / 10_000) - total.proceeds) / bid.price;
    const take = Math.min(portion, ask.left, bid.left, room, unsold);
    if (take <= 1e-9) return total;
    ask.left -= take;
    bid.left -= take;
    total.size += take;
    total.notional += take * ask.price;
    total.proceeds += take * bid.price;
  }
}

const side = fc.uniqueArray(fc.tuple(fc.integer({ min: 950, max: 1_050 }), fc.integer({ min: 1, max: 9 })), {
  ...{ minLength: 1, maxLength: 8, selector: ([price]: [number, number]) => price },
});
const terms: fc.Arbitrary<WalkTerms> = fc.record({
  buyUnit: fc.constantFrom(1, 10),
  sellUnit: fc.constantFrom(1, 10),
  rate: fc.constantFrom(1, 0.99, 1.02, 10, 0.1),
  maxSize: fc.constantFrom(Infinity, 0, 3.5, 12),
  maxNotional: fc.constantFrom(Infinity, 0, 900, 12_345),
  maxProceeds: fc.constantFrom(Infinity, 0, 950, 13_000),
});
const fees = fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: -5, max: 60 }));

describe('walkLadders with terms', () => {
  it('is what buying and selling in small portions would give', () => {
    fc.assert(
      fc.property(side, side, terms, fees, (ask, bid, how, fee) => {
        const [asks, bids] = [ladderOf('ask', ask), ladderOf('bid', bid)];
        const found = walkLadders(asks, bids, ...fee, how);
        const expected = naive(asks, bids, fee, how, 0.5);
        expect(found.size).toBeCloseTo(expected.size, 6);
        expect(found.notional).toBeCloseTo(expected.notional, 4);
        expect(found.proceeds).toBeCloseTo(expected.proceeds, 4);
        const paid = (found.notional * fee[0] + found.proceeds * fee[1]) / 10_000;
        expect(found.netProfit).toBeCloseTo(found.proceeds - found.notional - paid, 6);
      }),
    );
  });

  it('never goes beyond a cap, and tells of one exactly where it took something', () => {
    fc.assert(
      fc.property(side, side, terms, fees, (ask, bid, how, fee) => {
        const capped = walk(ask, bid, how, fee);
        const free = walk(ask, bid, { ...how, maxSize: Infinity, maxNotional: Infinity, maxProceeds: Infinity }, fee);
        expect(capped.size).toBeLessThanOrEqual(how.maxSize * (1 + 1e-12));
        expect(capped.notional).toBeLessThanOrEqual(how.maxNotional * (1 + 1e-12));
        expect(free.isCapped).toBe(false);
        const kept = (proceeds: number): number => proceeds * (1 - fee[1] / 10_000);
        expect(kept(capped.proceeds)).toBeLessThanOrEqual(how.maxProceeds * (1 + 1e-12));
        expect(capped.isCapped).toBe(
          free.size > how.maxSize || free.notional > how.maxNotional || kept(free.proceeds) > how.maxProceeds,
        );
        if (!capped.isCapped) expect(capped).toEqual(free);
        else expect(capped.netProfit).toBeLessThanOrEqual(free.netProfit + 1e-6);
      }),
    );
  });

  it('brings a book of thousands and one of single units to the same', () => {
    const single = walk([[0.001, 5_000]], [[0.0011, 4_000]]);
    const thousands = walk([[1, 5]], [[0.0011, 4_000]], { buyUnit: 1_000 });
    const both = walk([[1, 5]], [[1.1, 4]], { buyUnit: 1_000, sellUnit: 1_000 });
    for (const found of [thousands, both]) {
      expect(found.size).toBe(4_000);
      expect(found.notional).toBeCloseTo(single.notional, 9);
      expect(found.netBps).toBeCloseTo(single.netBps, 6);
      expect(found.buyVwap).toBeCloseTo(0.001, 12);
      expect(found.sellVwap).toBeCloseTo(0.0011, 12);
    }
  });

  it('converts what it sells for, and what it is then worth decides', () => {
    expect(walk([[100, 1]], [[101, 1]], { rate: 0.995 })).toMatchObject({ size: 1, proceeds: 101 * 0.995 });
    expect(walk([[100, 1]], [[101, 1]], { rate: 0.99 }).size).toBe(0);
    expect(walk([[100, 1]], [[101, 1]], { rate: NaN }).size).toBe(0);
  });

  it('takes nothing that leaves nothing', () => {
    expect(walk([[100, 1]], [[100, 1]])).toMatchObject({ size: 0, sellLevels: 1 });
    expect(walk([[100, 1]], [[102, 1]], {}, [0, 0]).size).toBe(1);
  });

  it('stops within a level at a cap', () => {
    const books: [Levels, Levels] = [
      [
        [100, 1],
        [101, 5],
      ],
      [[110, 4]],
    ];
    expect(walk(...books, { maxSize: 2 })).toMatchObject({
      size: 2,
      notional: 201,
      buyLevels: 2,
      sellLevels: 1,
      isCapped: true,
    });
    expect(walk(...books, { maxNotional: 100 })).toMatchObject({ size: 1, buyLevels: 2, isCapped: true });
    expect(walk(...books, { maxNotional: 50 })).toMatchObject({ size: 0.5, buyLevels: 1, isCapped: true });
    expect(walk(...books, { maxSize: 4 })).toMatchObject({ size: 4, isCapped: false });
    expect(walk(...books, { maxSize: 0 })).toMatchObject({ size: 0, notional: 0, isCapped: true });
  });

  it('walks as before without terms', () => {
    fc.assert(
      fc.property(side, side, fees, (ask, bid, fee) => {
        const plain = walkLadders(ladderOf('ask', ask), ladderOf('bid', bid), ...fee);
        expect(plain).toEqual(walk(ask, bid, {}, fee));
        expect(plain.buyLevels).toBeLessThanOrEqual(ask.length);
        expect(plain.sellLevels).toBeLessThanOrEqual(bid.length);
      }),
    );
  });
});
