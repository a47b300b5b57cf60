import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_EXCHANGES } from './listings.js';
import { World } from './world.js';

const STEP_MS = 100;
const isAccount = (exchange: string): boolean => (ACCOUNT_EXCHANGES as readonly string[]).includes(exchange);

function run(world: World, steps: number, afterStep: (nowMs: number) => void): void {
  for (let step = 1; step <= steps; step++) {
    world.advance();
    for (let index = 0; index < world.books.length; index++) world.stepBook(index, step * STEP_MS);
    afterStep(step * STEP_MS);
  }
}

describe('World', () => {
  it('gives the same books and sequences for the same seed, others for another', () => {
    const digest = (seed: number): string => {
      const world = new World(seed, 0, ['BTC/USDT', 'USDC/USDT']);
      run(world, 150, () => undefined);
      return JSON.stringify(world.books.map((book) => [book.sequence, book.bids, book.asks]));
    };
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  it('gives every other pair the same books whether or not copies of one are listed beside them', () => {
    const digest = (copies: number): string => {
      const world = new World(7, 0, ['BTC/USDT', 'ETH/USDT'], copies);
      run(world, 50, () => undefined);
      expect(world.books.filter(({ listing }) => listing.exchange === 'okx')).toHaveLength(2 + copies);
      const own = world.books.filter(({ listing }) => !listing.symbol.startsWith('C'));
      return JSON.stringify(own.map((book) => [book.sequence, book.bids, book.asks]));
    };
    expect(digest(3)).toBe(digest(0));
  });

  it('gives the exchanges with accounts the same books whether or not the others move', () => {
    const digest = (moves: (exchange: string) => boolean): string => {
      const world = new World(7, 0, ['BTC/USDT', 'BTC/USD']);
      for (let step = 1; step <= 150; step++) {
        world.advance();
        for (const [index, { listing }] of world.books.entries()) {
          if (moves(listing.exchange)) world.stepBook(index, step * STEP_MS);
        }
      }
      const own = world.books.filter(({ listing }) => isAccount(listing.exchange));
      return JSON.stringify(own.map((book) => [book.sequence, book.bids, book.asks]));
    };
    expect(digest(isAccount)).toBe(digest(() => true));
  });

  it('lets a book that stood still catch up at once', () => {
    const world = new World(7, 0, ['BTC/USD']);
    const index = world.books.findIndex(({ listing }) => listing.exchange === 'coinbase');
    const other = world.books.findIndex(({ listing }) => listing.exchange === 'okx');
    for (let step = 1; step <= 2_000; step++) {
      world.advance();
      world.stepBook(other, step * STEP_MS);
    }
    const bestAsk = (of: number): number => world.books[of]!.asks.ticks[0]! * world.books[of]!.tickSize;
    const gapBps = (): number => (Math.abs(bestAsk(index) - bestAsk(other)) / bestAsk(other)) * 10_000;
    expect(gapBps()).toBeGreaterThan(3);
    world.stepBook(index, 2_000 * STEP_MS);
    expect(gapBps()).toBeLessThan(3);
  });

  it('has exchanges of which four share at least nine symbols, of at least twelve', () => {
    const world = new World(7, 0);
    const exchangesOf = new Map<string, Set<string>>();
    for (const { listing } of world.books) {
      exchangesOf.set(listing.symbol, (exchangesOf.get(listing.symbol) ?? new Set()).add(listing.exchange));
    }
    expect(exchangesOf.size).toBeGreaterThanOrEqual(12);
    expect([...exchangesOf.values()].filter((exchanges) => exchanges.size >= 4).length).toBeGreaterThanOrEqual(9);
  });

  it('keeps every book sorted, uncrossed, positive and 200 levels deep, and changes it in every step', () => {
    const world = new World(3, 0);
    let crossed = 0;
    let shallow = 0;
    let still = 0;
    for (let step = 1; step <= 250; step++) {
      world.advance();
      for (let index = 0; index < world.books.length; index++) {
        const { book, changes } = world.stepBook(index, step * STEP_MS);
        if ((book.bids.ticks[0] ?? 0) >= (book.asks.ticks[0] ?? 0)) crossed += 1;
        if (Math.min(book.bids.length, book.asks.length) < 200) shallow += 1;
        if (changes.length === 0) still += 1;
      }
    }
    expect({ crossed, shallow, still }).toEqual({ crossed: 0, shallow: 0, still: 0 });
    for (const { bids, asks } of world.books) {
      expect(bids.ticks).toEqual([...new Set(bids.ticks)].sort((a, b) => b - a));
      expect(asks.ticks).toEqual([...new Set(asks.ticks)].sort((a, b) => a - b));
      expect(Math.min(...bids.lots, ...asks.lots, ...bids.ticks)).toBeGreaterThan(0);
      expect([...bids.lots, ...asks.lots].every(Number.isSafeInteger)).toBe(true);
    }
  });
});
