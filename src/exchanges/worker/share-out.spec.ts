import { describe, expect, it } from '@jest/globals';
import { shareOut, workerCount } from './share-out.js';

describe('workerCount', () => {
  it.each([
    [0, 10, 8, 0],
    [2, 10, 2, 2],
    [8, 3, 16, 3],
    ['auto', 10, 1, 0],
    ['auto', 10, 2, 0],
    ['auto', 10, 4, 3],
    ['auto', 10, 64, 4],
    ['auto', 1, 64, 1],
  ] as const)('for %p, %p exchanges and %p cores is %p', (setting, exchanges, cores, count) => {
    expect(workerCount(setting, exchanges, cores)).toBe(count);
  });
});

describe('shareOut', () => {
  it('deals every exchange to one worker, in turn', () => {
    expect(shareOut(['a', 'b', 'c', 'd', 'e'], 2)).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });
});
