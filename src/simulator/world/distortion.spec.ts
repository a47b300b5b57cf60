import { describe, expect, it } from '@jest/globals';
import { crossed, type Distortion, emptied, thinned } from './distortion.js';
import type { SimBook } from './sim-book.js';
import { World } from './world.js';

const SYMBOLS = ['BTC/USDT', 'USDC/USDT'];

// Moves the first book so many steps, bent in those between `from` and `to`.
function play(steps: number, bent?: { readonly by: Distortion; readonly from: number; readonly to: number }): SimBook {
  const world = new World(7, 0, SYMBOLS);
  for (let step = 1; step <= steps; step++) {
    world.advance();
    const isBent = bent !== undefined && step >= bent.from && step < bent.to;
    for (const index of world.books.keys()) world.stepBook(index, step, isBent ? bent.by : null);
  }
  return world.books[0] as SimBook;
}

describe('a distortion', () => {
  it.each(['bid', 'ask'] as const)('empties the %s side alone', (side) => {
    const book = play(10, { by: emptied(side), from: 5, to: 11 });
    expect(book.sideOf(side).length).toBe(0);
    expect(book.sideOf(side === 'bid' ? 'ask' : 'bid').length).toBeGreaterThan(200);
  });

  it('crosses a book', () => {
    const { bids, asks } = play(10, { by: crossed(10), from: 5, to: 11 });
    expect((bids.ticks[0] as number) / (asks.ticks[0] as number)).toBeGreaterThanOrEqual(1.001);
    expect(bids.ticks[1]).toBeLessThan(asks.ticks[0] as number);
  });

  it('leaves a few levels of one lot', () => {
    const { bids, asks } = play(10, { by: thinned(2), from: 5, to: 11 });
    expect([bids.lots, asks.lots]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it.each([
    ['one-sided', emptied('ask')],
    ['crossed', crossed(25)],
    ['thin', thinned(3)],
  ])('that made a book %s leaves no trace once it is over', (_what, by) => {
    const never = play(20);
    const once = play(20, { by, from: 5, to: 12 });
    for (const side of ['bids', 'asks'] as const) expect(once[side]).toEqual(never[side]);
  });

  it('is told as one step of what really changed', () => {
    const world = new World(7, 0, SYMBOLS);
    world.advance();
    const before = (world.books[0] as SimBook).asks.length;
    const { changes, book } = world.stepBook(0, 1, emptied('ask'));
    expect(changes.filter(({ side, lots }) => side === 'ask' && lots !== 0)).toEqual([]);
    expect(changes.filter(({ side }) => side === 'ask')).toHaveLength(before);
    expect(book.asks.length).toBe(0);
    world.advance();
    expect(world.stepBook(0, 2).changes.filter(({ side }) => side === 'ask').length).toBe(book.asks.length);
  });
});
