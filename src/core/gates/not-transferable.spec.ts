import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { notTransferable } from './not-transferable.js';

const way = { network: 'ERC20', fee: 0.5, min: 3, knownAtMs: 940_000 };
const walk = { size: 3, notional: 300, netBps: 50 };

describe('notTransferable', () => {
  it('refuses nothing where the user does not ask for transfer', () => {
    expect(notTransferable.refuses(candidate({ requireTransfer: false, transfer: null }))).toBe(false);
  });

  it('refuses what no network can move', () => {
    expect(notTransferable.refuses(candidate({ requireTransfer: true, transfer: null }))).toBe(true);
    expect(notTransferable.refuses(candidate({ requireTransfer: true, transfer: way, walk }))).toBe(false);
  });

  it('refuses less than the least withdrawal; one that is not told asks for nothing', () => {
    const less = { ...walk, size: 2.9 };
    expect(notTransferable.refuses(candidate({ requireTransfer: true, transfer: way, walk: less }))).toBe(true);
    const open = { ...way, min: null };
    expect(notTransferable.refuses(candidate({ requireTransfer: true, transfer: open, walk: less }))).toBe(false);
  });

  it('holds a minimum in thousands against a size in single units', () => {
    const thousands = { ...walk, size: 2_999 };
    const asked = { requireTransfer: true, transfer: way, buy: { unit: 1_000 } };
    expect(notTransferable.refuses(candidate({ ...asked, walk: thousands }))).toBe(true);
    expect(notTransferable.refuses(candidate({ ...asked, walk: { ...walk, size: 3_000 } }))).toBe(false);
  });

  it('measures the way and how old the word of it is', () => {
    expect(notTransferable.measure(candidate({ transfer: way }))).toEqual({
      ...{ network: 'ERC20', withdrawFee: 0.5, withdrawMin: 3, networkAgeMs: 60_000 },
    });
    expect(notTransferable.measure(candidate({ transfer: null }))).toEqual({
      ...{ network: null, withdrawFee: null, withdrawMin: null, networkAgeMs: null },
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(notTransferable, ['unit'], ['requireTransfer', 'transfer', 'walk']);
  });
});
