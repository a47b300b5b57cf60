import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CaptureError } from '../core/replay/capture.error.js';
import { readLines } from './read-lines.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-lines-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function linesOf(bytes: Buffer | string, mayBeCut = false): Promise<string[]> {
  const file = path.join(folder, 'file');
  writeFileSync(file, bytes);
  const all: string[] = [];
  for await (const lines of readLines(file, { mayBeCut })) all.push(...lines);
  return all;
}

// More than one part of a file, with letters that a part may divide.
const MANY = Array.from({ length: 20_000 }, (_, n) => `line ${n} – größer ${'x'.repeat(n % 50)}`);

describe('readLines', () => {
  it('reads plain and packed files alike', async () => {
    expect(await linesOf(`${MANY.join('\n')}\n`)).toEqual(MANY);
    expect(await linesOf(gzipSync(`${MANY.join('\n')}\n`))).toEqual(MANY);
  });

  it('keeps a last line without its break, unless the file may be cut', async () => {
    expect(await linesOf('a\nb')).toEqual(['a', 'b']);
    expect(await linesOf('a\nb', true)).toEqual(['a']);
    expect(await linesOf('')).toEqual([]);
  });

  it('refuses a packed file that was cut, unless it may be', async () => {
    const packed = gzipSync(`${MANY.join('\n')}\n`);
    const cut = packed.subarray(0, packed.length / 2);
    await expect(linesOf(cut)).rejects.toThrow('it was cut off; get a whole copy');
    const some = await linesOf(cut, true);
    expect(some.length).toBeGreaterThan(100);
    expect(some).toEqual(MANY.slice(0, some.length));
  });

  it('refuses what is damaged, missing, or has no lines', async () => {
    const damaged = gzipSync(MANY.join('\n'));
    damaged.fill(7, 200, 400);
    await expect(linesOf(damaged, true)).rejects.toThrow(CaptureError);
    await expect(linesOf('x'.repeat(17_000_000))).rejects.toThrow('a line is too long');
    const missing = readLines(path.join(folder, 'missing'), { mayBeCut: false });
    await expect(missing.next()).rejects.toThrow('missing cannot be opened: ENOENT');
  });
});
