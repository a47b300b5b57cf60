import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignments } from './assignment.js';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });
const pieces = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 200 });

const loadsOf = (shares: Map<string, string>): number[] => {
  const loads = new Map<string, number>();
  for (const member of shares.values()) loads.set(member, (loads.get(member) ?? 0) + 1);
  return [...loads.values()];
};

describe('assignments', () => {
  it('gives nothing to nobody', () => {
    expect(assignments(['BTC'], []).size).toBe(0);
    expect(assignments([], ['a']).size).toBe(0);
  });

  it('gives each piece to one member, and to none more than its share rounded up', () => {
    fc.assert(
      fc.property(pieces, names, (all, members) => {
        const shares = assignments(all, members);
        expect([...shares.keys()].sort()).toEqual([...all].sort());
        for (const member of shares.values()) expect(members).toContain(member);
        for (const load of loadsOf(shares)) expect(load).toBeLessThanOrEqual(Math.ceil(all.length / members.length));
      }),
    );
  });

  it('is the same whatever the order in which pieces and members are known', () => {
    fc.assert(
      fc.property(pieces, names, (all, members) => {
        const there = assignments(all, members);
        const here = assignments([...all].reverse(), [...members].reverse());
        expect([...here].sort()).toEqual([...there].sort());
      }),
    );
  });

  it('moves about a share of the pieces when a member comes', () => {
    const all = Array.from({ length: 300 }, (_, index) => `ASSET${index}`);
    const before = assignments(all, ['a', 'b', 'c']);
    const after = assignments(all, ['a', 'b', 'c', 'd']);
    const moved = all.filter((piece) => before.get(piece) !== after.get(piece)).length;
    expect(moved).toBeGreaterThanOrEqual(75);
    expect(moved).toBeLessThan(130);
  });

  it('keeps two small sets even', () => {
    const shares = assignments(['binance', 'okx', 'bybit', 'kraken'], ['c1', 'c2']);
    expect(loadsOf(shares)).toEqual([2, 2]);
  });
});
