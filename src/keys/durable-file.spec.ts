import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeDurably, writeDurablySync } from './durable-file.js';

const isRoot = process.geteuid?.() === 0;
/** The user of a service that is not root. */
const SERVICE = 12_345;

type Write = typeof writeDurably;
const atOnce: Write = (file, text) =>
  Promise.resolve().then(() => {
    writeDurablySync(file, text);
  });

describe.each<[string, Write]>([
  ['at leisure', writeDurably],
  ['at once', atOnce],
])('a file that is written durably, %s,', (_, write) => {
  let directory: string;
  const at = (...names: string[]): string => path.join(directory, ...names);
  const ownerOf = (file: string): number => statSync(file).uid;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'durable-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('is made with its directory, replaced whole, and leaves nothing beside it', async () => {
    await write(at('data', 'head'), 'first, and longer');
    await write(at('data', 'head'), 'second');
    expect(readFileSync(at('data', 'head'), 'utf8')).toBe('second');
    expect(readdirSync(at('data'))).toEqual(['head']);
    if (process.platform !== 'win32') expect(statSync(at('data', 'head')).mode & 0o777).toBe(0o600);
  });

  it('stays where a symbolic link leads', async () => {
    mkdirSync(at('elsewhere'));
    await write(at('elsewhere', 'head'), 'first');
    symlinkSync(at('elsewhere', 'head'), at('head'));
    await write(at('head'), 'second');
    expect(readFileSync(at('elsewhere', 'head'), 'utf8')).toBe('second');
  });

  it('fails without a trace where it cannot be put', async () => {
    mkdirSync(at('head'));
    await expect(write(at('head'), 'text')).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY|EPERM/);
    expect(readdirSync(directory)).toEqual(['head']);
  });

  (isRoot ? it : it.skip)("belongs to the service's user though root writes it, new or not", async () => {
    chownSync(directory, SERVICE, SERVICE);
    await write(at('new'), 'first');
    expect(ownerOf(at('new'))).toBe(SERVICE);
    chownSync(at('new'), SERVICE + 1, SERVICE + 1);
    await write(at('new'), 'second');
    expect(ownerOf(at('new'))).toBe(SERVICE + 1);
  });
});
