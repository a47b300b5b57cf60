import { beforeAll, describe, expect, it } from '@jest/globals';
import { World } from '../world/world.js';
import { SpellLedger } from './spell-ledger.js';

const STEP_MS = 100;

describe('two minutes of any seed', () => {
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
          ledger.update(world.stepBook(index, step * STEP_MS), step * STEP_MS, step * STEP_MS);
        }
      }
      ledgers.set(seed, ledger);
    }
  }, 180_000);

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
