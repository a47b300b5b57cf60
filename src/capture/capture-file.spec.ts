import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DetectionInput } from '../core/input/market-event.js';
import { CaptureReader } from '../core/replay/capture-reader.js';
import { CaptureError } from '../core/replay/capture.error.js';
import { settingsSchema } from '../platform/config/index.js';
import { CaptureFile } from './capture-file.js';
import { captureHeader } from './capture-header.js';
import { readLines } from './read-lines.js';

const { detection } = settingsSchema.parse({});
const HEADER = captureHeader({ createdAtMs: 1, epoch: 'e', keptLevels: 900, detection, source: 'live' });

function tick(nowMs: number): DetectionInput {
  return { type: 'tick', nowMs, loopDelayMs: 0, queueMs: 0.125 };
}

let folder = '';
let failures: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-capture-'));
  failures = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function create(name: string, options: { mayReplace?: boolean; maxBytes?: number } = {}): CaptureFile {
  const file = CaptureFile.create(HEADER, {
    ...{ file: path.join(folder, name), mayReplace: false, maxBytes: Infinity, ...options },
    onFailure: (error) => failures.push(error.message),
  });
  file.enter('state');
  file.enter('log');
  return file;
}

async function read(name: string): Promise<{ inputs: DetectionInput[]; isWhole: boolean }> {
  const reader = new CaptureReader();
  const inputs: DetectionInput[] = [];
  for await (const lines of readLines(path.join(folder, name), { mayBeCut: true })) {
    for (const line of lines) {
      const item = reader.take(line);
      if (item.kind === 'input') inputs.push(item.input);
    }
  }
  return { inputs, isWhole: reader.isWhole };
}

describe('CaptureFile', () => {
  it('gives back every entry as it was taken, to its owner only', async () => {
    const inputs = Array.from({ length: 5_000 }, (_, n) => tick(1_723_161_256_207.640_4 + n / 7));
    const file = create('a.cap.gz');
    for (const input of inputs) file.take(input);
    await file.end(9);
    expect(await read('a.cap.gz')).toEqual({ inputs, isWhole: true });
    expect([file.entries, file.bytes]).toEqual([5_000, statSync(path.join(folder, 'a.cap.gz')).size]);
    expect(statSync(path.join(folder, 'a.cap.gz')).mode & 0o777).toBe(0o600);
  });

  it('has sent all but the last half second to its file, whatever happens to the process', async () => {
    const file = create('b.cap.gz');
    file.take(tick(1));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const asKilled = readFileSync(path.join(folder, 'b.cap.gz'));
    await file.end(2);
    writeFileSync(path.join(folder, 'killed'), asKilled);
    expect(await read('killed')).toEqual({ inputs: [tick(1)], isWhole: false });
  });

  it('is read as far as it goes wherever it is cut off', async () => {
    const inputs = Array.from({ length: 300 }, (_, n) => tick(n * 1.1));
    const file = create('c.cap.gz');
    for (const input of inputs) file.take(input);
    await file.end(9);
    const whole = readFileSync(path.join(folder, 'c.cap.gz'));
    for (let length = 400; length < whole.length; length += 97) {
      writeFileSync(path.join(folder, 'cut'), whole.subarray(0, length));
      const cut = await read('cut');
      expect(cut.inputs).toEqual(inputs.slice(0, cut.inputs.length));
      expect(cut.isWhole).toBe(false);
    }
  });

  it('does not write over a file unless it may', async () => {
    await create('d.cap.gz').end(1);
    expect(() => create('d.cap.gz')).toThrow(CaptureError);
    expect(() => create('d.cap.gz')).toThrow('exists already; name another file, or remove it first');
    await create('d.cap.gz', { mayReplace: true }).end(1);
    expect(() => create('no/such/folder')).toThrow('cannot be written: ENOENT');
  });

  it('fails rather than lose entries where the disk is too far behind, and keeps no end', async () => {
    const file = create('e.cap.gz');
    const bids = Array.from({ length: 20_000 }, (_, n) => n + 0.123_456_789);
    const update = { v: 1, instrument: { exchange: 'x', symbol: 'A/B' }, kind: 'snapshot', bids, asks: [] } as const;
    const book = { type: 'book', update: { ...update, sequence: 1, exchangeTimeMs: 1, receivedAtMs: 1 } } as const;
    // In one turn of the loop no disk gets a chance.
    for (let n = 0; n < 300 && file.isOpen; n++) file.take(book);
    await file.end(9);
    expect(file.isOpen).toBe(false);
    expect(failures).toEqual([expect.stringContaining('the disk is behind by 67108864 bytes')]);
  });

  it('says when it has as many bytes as it may', async () => {
    const file = create('f.cap.gz', { maxBytes: 1 });
    expect(file.isFull).toBe(false);
    for (let n = 0; n < 5_000; n++) file.take(tick(n));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(file.isFull).toBe(true);
    await file.end(9);
    expect((await read('f.cap.gz')).isWhole).toBe(true);
  });
});
