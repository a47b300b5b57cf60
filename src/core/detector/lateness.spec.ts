import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lateness } from './lateness.js';

const tick = (nowMs: number, loopDelayMs = 0, queueMs = 0): Parameters<Lateness['take']>[0] => ({
  ...{ type: 'tick', nowMs, loopDelayMs, queueMs },
});

describe('Lateness', () => {
  it('is nothing before the first tick, however late that is', () => {
    expect(new Lateness(100).at(1_000_000)).toBe(0);
  });

  it('is the worse of loop and queue, as the last tick told', () => {
    const lateness = new Lateness(100);
    lateness.take(tick(1_000, 30, 40));
    expect(lateness.at(1_000)).toBe(40);
    lateness.take(tick(1_100, 35, 5));
    expect(lateness.at(1_100)).toBe(35);
    lateness.take(tick(1_200));
    expect(lateness.at(1_250)).toBe(0);
  });

  it('grows while the next tick is overdue', () => {
    const lateness = new Lateness(100);
    lateness.take(tick(1_000, 20));
    expect(lateness.at(1_120)).toBe(20);
    expect(lateness.at(1_121)).toBe(21);
    expect(lateness.at(1_400)).toBe(300);
  });

  it('never falls while no tick comes, and is never less than what was told', () => {
    const ms = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(ms, ms, ms, ms, (loop, queue, passed, more) => {
        const lateness = new Lateness(100);
        lateness.take(tick(5_000, loop, queue));
        expect(lateness.at(5_000 + passed)).toBeGreaterThanOrEqual(Math.max(loop, queue));
        expect(lateness.at(5_000 + passed + more)).toBeGreaterThanOrEqual(lateness.at(5_000 + passed));
      }),
    );
  });
});
