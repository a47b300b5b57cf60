import { beforeAll, describe, expect, it } from '@jest/globals';
import { SpellLedger } from '../truth/spell-ledger.js';
import { World } from './world.js';

const STEP_MS = 100;

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

  it('has four exchanges that share at least nine symbols, of at least twelve', () => {
    const world = new World(7, 0);
    const exchangesOf = new Map<string, Set<string>>();
    for (const { listing } of world.books) {
      exchangesOf.set(listing.symbol, (exchangesOf.get(listing.symbol) ?? new Set()).add(listing.exchange));
    }
    expect(exchangesOf.size).toBeGreaterThanOrEqual(12);
    expect([...exchangesOf.values()].filter((exchanges) => exchanges.size === 4).length).toBeGreaterThanOrEqual(9);
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

  describe('over two minutes of any seed', () => {
    const seeds = [7, 11];
    const ledgers = new Map<number, SpellLedger>();
    const steps = 1_200;

    beforeAll(() => {
      for (const seed of seeds) {
        const world = new World(seed, 0);
        const ledger = new SpellLedger(world.books, (exchange, symbol) => world.isDislocated(exchange, symbol));
        for (let step = 1; step <= steps; step++) {
          world.advance();
          for (let index = 0; index < world.books.length; index++) {
            ledger.update(world.stepBook(index, step * STEP_MS), step * STEP_MS);
          }
        }
        ledgers.set(seed, ledger);
      }
    }, 60_000);

    it.each(seeds)('opens at least eight chances a minute that are worth taking (seed %i)', (seed) => {
      const spells = ledgers.get(seed)?.since(0) ?? [];
      const worth = spells.filter(
        (spell) =>
          spell.peakNetBps > 6 && spell.payingNotional > 500 && (spell.endMs ?? steps * STEP_MS) - spell.startMs > 800,
      );
      // Routes of one dislocation begin together: they are one chance.
      const chances = new Set(worth.map((spell) => `${spell.symbol}@${Math.round(spell.startMs / 500)}`));
      expect(chances.size).toBeGreaterThanOrEqual(16);
    });

    it.each(seeds)('has thin ones, short ones and lasting ones (seed %i)', (seed) => {
      const spells = ledgers.get(seed)?.since(0) ?? [];
      const life = (spell: { startMs: number; endMs: number | null }): number =>
        (spell.endMs ?? steps * STEP_MS) - spell.startMs;
      expect(spells.some((spell) => spell.payingNotional < 100)).toBe(true);
      expect(spells.some((spell) => life(spell) <= 700)).toBe(true);
      expect(spells.some((spell) => life(spell) >= 8_000)).toBe(true);
      expect(Math.max(...spells.map((spell) => spell.peakNetBps))).toBeLessThan(80);
    });

    it.each(seeds)('pays hardly ever where nothing was planned (seed %i)', (seed) => {
      const spells = ledgers.get(seed)?.since(0) ?? [];
      expect(spells.filter((spell) => !spell.seeded).length).toBeLessThan(spells.length / 20);
    });
  });
});
