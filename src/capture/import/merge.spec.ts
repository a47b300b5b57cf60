import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Moment, type MomentSource, mergeByTime, sortedByTime } from './merge.js';

const nothing = (): void => undefined;

async function* batchesOf(times: readonly (readonly number[])[]): AsyncGenerator<readonly Moment[]> {
  for (const batch of times) yield await Promise.resolve(batch.map((atMs) => ({ atMs, play: nothing })));
}

const source = (name: string, times: readonly (readonly number[])[]): MomentSource => ({
  name,
  batches: batchesOf(times),
});

async function timesOf(merged: AsyncIterable<readonly Moment[]>): Promise<number[]> {
  const times: number[] = [];
  for await (const batch of merged) times.push(...batch.map(({ atMs }) => atMs));
  return times;
}

describe('mergeByTime', () => {
  it('gives every moment of every file once, in order, however the files are cut into parts', async () => {
    const sorted = fc
      .array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 })
      .map((list) => list.sort((a, b) => a - b));
    const cut = fc.tuple(sorted, fc.integer({ min: 1, max: 7 })).map(([list, size]) => {
      return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 4 }), async (files) => {
        const merged = await timesOf(mergeByTime(files.map((times, n) => source(`${n}`, times))));
        expect(merged).toEqual(files.flat(2).sort((a, b) => a - b));
      }),
    );
  });

  it('lets the file that is named first come first at equal times', async () => {
    const played: string[] = [];
    const one = (name: string): MomentSource => {
      const moments = [{ atMs: 5, play: () => void played.push(name) }];
      return {
        name,
        batches: (async function* () {
          yield await Promise.resolve(moments);
        })(),
      };
    };
    for await (const batch of mergeByTime([one('a'), one('b')])) for (const { play } of batch) play();
    expect(played).toEqual(['a', 'b']);
  });

  it.each([[[[3, 2]]], [[[3], [], [2]]]])('refuses a file whose times go back: %j', async (times) => {
    await expect(timesOf(mergeByTime([source('back.gz', times)]))).rejects.toThrow(
      'back.gz: its times go back at 2 ms',
    );
  });
});

describe('sortedByTime', () => {
  it('puts the moments of a file in order', async () => {
    expect(await timesOf(sortedByTime(source('a', [[3, 1], [], [2, 1]])))).toEqual([1, 1, 2, 3]);
  });
});
