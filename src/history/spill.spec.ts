import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../../test/support/databases.js';
import { BrokenSegmentError, Spill, SpillFullError } from './spill.js';

const MEGABYTE = 2 ** 20;

describe('Spill', () => {
  let root: string;
  let directory: string;

  beforeEach(() => {
    root = temporaryDirectory();
    directory = path.join(root, 'spill', 'things');
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const spillOf = (maxBytes = MEGABYTE): Spill<number> => new Spill(directory, maxBytes);

  async function drained(spill: Spill<number>, batchRows = 2): Promise<number[][]> {
    const batches: number[][] = [];
    while (await spill.drainOldest(batchRows, (batch) => Promise.resolve(void batches.push([...batch]))));
    return batches;
  }

  it('hands rows over in their order, in batches, and leaves nothing behind', async () => {
    const spill = spillOf();
    await spill.write([1, 2, 3], 700.5);
    await spill.write([4], 900);
    expect([spill.rows, spill.oldestMs]).toEqual([4, 700]);
    expect(await drained(spill)).toEqual([[1, 2], [3], [4]]);
    expect([spill.rows, spill.oldestMs]).toEqual([0, null]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('finds what an earlier run left, writes behind it, and forgets what that run did not finish', async () => {
    await spillOf().write([1, 2], 700);
    writeFileSync(path.join(directory, '0000000002-800-9.ndjson.part'), '3\n');
    const spill = spillOf();
    expect([spill.rows, spill.oldestMs]).toEqual([2, 700]);
    await spill.write([3], 900);
    expect(await drained(spillOf())).toEqual([[1, 2], [3]]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('makes nothing before it is needed, and then for the owner alone', async () => {
    const spill = spillOf();
    expect(readdirSync(root)).toEqual([]);
    await spill.write([1], 1);
    const [name = ''] = readdirSync(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it('hands a segment over again from its beginning where a batch was not taken', async () => {
    const spill = spillOf();
    await spill.write([1, 2, 3, 4], 1);
    const seen: number[][] = [];
    const failing = (batch: readonly number[]): Promise<void> => {
      seen.push([...batch]);
      return batch.includes(3) ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    await expect(spill.drainOldest(2, failing)).rejects.toThrow('away');
    expect(spill.rows).toBe(4);
    expect(await drained(spill)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(seen).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('puts aside what is no list of rows, and goes on with the next', async () => {
    const spill = spillOf();
    await spill.write([1], 1);
    await spill.write([2], 2);
    const [first = ''] = readdirSync(directory).sort();
    writeFileSync(path.join(directory, first), '{"cut');
    await expect(drained(spill)).rejects.toThrow(BrokenSegmentError);
    expect(await drained(spill)).toEqual([[2]]);
    expect(readdirSync(directory)).toEqual([`${first}.broken`]);
    expect(spillOf().rows).toBe(0);
  });

  it('holds no more than it may', async () => {
    const spill = spillOf(4);
    await spill.write([1, 2], 1);
    await expect(spill.write([3], 2)).rejects.toThrow(SpillFullError);
    await drained(spill);
    await spill.write([3], 2);
    expect(spill.rows).toBe(1);
  });

  it('says so where the disk takes nothing, and knows what it held before', async () => {
    mkdirSync(path.dirname(directory), { recursive: true });
    writeFileSync(directory, '');
    expect(() => spillOf()).toThrow('ENOTDIR');
    rmSync(directory);
    const spill = spillOf();
    writeFileSync(directory, '');
    await expect(spill.write([1], 1)).rejects.toThrow('EEXIST');
    expect(spill.rows).toBe(0);
  });
});
