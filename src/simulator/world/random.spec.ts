import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

const draws = (random: Random, count: number, draw: (r: Random) => number): number[] =>
  Array.from({ length: count }, () => draw(random));

describe('Random', () => {
  it('gives the same numbers for the same seed and label, others for another seed or label', () => {
    const first = draws(new Random(7, 'a'), 20, (r) => r.next());
    expect(draws(new Random(7, 'a'), 20, (r) => r.next())).toEqual(first);
    expect(draws(new Random(8, 'a'), 20, (r) => r.next())).not.toEqual(first);
    expect(draws(new Random(7, 'b'), 20, (r) => r.next())).not.toEqual(first);
  });

  it('is uniform, normal and exponential to within the error of 20,000 draws', () => {
    const random = new Random(1, 'moments');
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const uniform = draws(random, 20_000, (r) => r.next());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    const normal = draws(random, 20_000, (r) => r.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(draws(random, 20_000, (r) => r.exponential(3))) / 3).toBeCloseTo(1, 1);
  });
});
