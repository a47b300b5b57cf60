import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listingsOf } from '../world/listings.js';
import { SimBook } from '../world/sim-book.js';
import { DepthView, topLevels, type WireLevel } from './depth-view.js';

interface Edit {
  readonly side: 'bid' | 'ask';
  readonly tick: number;
  readonly lots: number;
}

// A subscriber as the exchange's documents describe it: apply, then cut to the depth.
class Subscriber {
  private levels: Map<number, number>;

  constructor(
    private readonly isBid: boolean,
    private readonly depth: number,
    snapshot: readonly WireLevel[],
  ) {
    this.levels = new Map(snapshot.map(({ tick, lots }) => [tick, lots]));
  }

  apply(changes: readonly WireLevel[], cuts: boolean): void {
    for (const { tick, lots } of changes) {
      if (lots === 0) this.levels.delete(tick);
      else this.levels.set(tick, lots);
    }
    if (cuts) this.levels = new Map(this.sorted().slice(0, this.depth));
  }

  sorted(): [number, number][] {
    return [...this.levels].sort(([a], [b]) => (this.isBid ? b - a : a - b));
  }
}

const edits = fc.array(
  fc.record<Edit>({
    side: fc.constantFrom('bid', 'ask'),
    tick: fc.integer({ min: 1, max: 30 }),
    lots: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 12 },
);

describe('DepthView', () => {
  it.each(['deleted', 'left'] as const)('keeps a subscriber at the best levels (pushed out: %s)', (pushedOut) => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 15 }), fc.integer({ min: 1, max: 8 }), (rounds, depth) => {
        const book = new SimBook(listingsOf('kraken')[0]!, 1);
        const view = new DepthView(book, depth, pushedOut);
        const bids = new Subscriber(true, depth, []);
        const asks = new Subscriber(false, depth, []);
        for (const round of rounds) {
          for (const { side, tick, lots } of round) book.set(side, side === 'bid' ? tick : tick + 100, lots);
          const changes = view.advance();
          bids.apply(changes.bids, pushedOut === 'left');
          asks.apply(changes.asks, pushedOut === 'left');
          expect(bids.sorted()).toEqual(topLevels(book.bids, depth).map(({ tick, lots }) => [tick, lots]));
          expect(asks.sorted()).toEqual(topLevels(book.asks, depth).map(({ tick, lots }) => [tick, lots]));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not tell of a level that better ones push out, where the subscriber cuts', () => {
    const book = new SimBook(listingsOf('kraken')[0]!, 1);
    for (const tick of [10, 9]) book.set('bid', tick, 1);
    const view = new DepthView(book, 2, 'left');
    book.set('bid', 11, 5);
    expect(view.advance().bids).toEqual([{ tick: 11, lots: 5 }]);
    book.set('bid', 11, 0);
    expect(view.advance().bids).toEqual([
      { tick: 11, lots: 0 },
      { tick: 9, lots: 1 },
    ]);
  });
});
