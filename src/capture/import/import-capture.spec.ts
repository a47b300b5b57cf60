import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DetectionInput } from '../../core/input/market-event.js';
import { CaptureReader } from '../../core/replay/capture-reader.js';
import { CaptureError } from '../../core/replay/capture.error.js';
import { readLines } from '../read-lines.js';
import { type ImportOptions, type ImportReport, importCapture } from './import-capture.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-import-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Imported {
  report: ImportReport;
  inputs: DetectionInput[];
}

async function imported(
  recording: ImportOptions['recording'],
  texts: readonly string[],
  more: Partial<ImportOptions> = {},
): Promise<Imported> {
  const files = texts.map((text, nth) => {
    const file = path.join(folder, `recording-${nth}`);
    writeFileSync(file, text);
    return file;
  });
  const out = path.join(folder, 'out.cap.gz');
  const script = { feeBps: () => 10, tickMs: null, pars: [] };
  const report = await importCapture({
    ...{ files, recording, script, isSorted: false, out, mayReplace: true, createdAtMs: 1 },
    ...more,
  });
  const reader = new CaptureReader();
  const inputs: DetectionInput[] = [];
  for await (const lines of readLines(out, { mayBeCut: false })) {
    for (const line of lines) {
      const item = reader.take(line);
      if (item.kind === 'input') inputs.push(item.input);
    }
  }
  expect(reader.isWhole).toBe(true);
  return { report, inputs };
}

const books = (inputs: readonly DetectionInput[]): unknown[] =>
  inputs.flatMap((input) =>
    input.type === 'book'
      ? [{ kind: input.update.kind, bids: input.update.bids, asks: input.update.asks, atMs: input.update.receivedAtMs }]
      : [],
  );

const NS = 1_000_000;
const line = (atMs: number, message: object): string => `${atMs * NS} ${JSON.stringify(message)}\n`;
const depth = (atMs: number, U: number, u: number, price: string): string =>
  line(atMs, { stream: 'x', data: { e: 'depthUpdate', E: atMs, s: 'BTCUSDT', U, u, b: [[price, '2']], a: [] } });
const snapshot = (atMs: number, lastUpdateId: number): string =>
  line(atMs, { lastUpdateId, bids: [['99', '1']], asks: [['101', '1']] });

describe('importCapture', () => {
  it('builds books of binance from depth, what came before the snapshot included', async () => {
    const text = [depth(1, 5, 10, '90'), depth(2, 11, 12, '91'), snapshot(3, 10), depth(4, 13, 13, '92')].join('');
    const { report, inputs } = await imported({ kind: 'binance', books: 'depth' }, [text]);
    expect(books(inputs)).toEqual([
      { kind: 'snapshot', bids: [99, 1], asks: [101, 1], atMs: 3 },
      { kind: 'delta', bids: [91, 2], asks: [], atMs: 3 },
      { kind: 'delta', bids: [92, 2], asks: [], atMs: 4 },
    ]);
    expect(report.proofs).toEqual([{ instrument: 'binance:BTC/USDT', frames: 2, gaps: 0 }]);
    expect(report.assumptions).toEqual([expect.stringContaining('a depth snapshot is the whole book')]);
  });

  it('counts a hole in the numbering and loses the book until another snapshot', async () => {
    const text = [
      depth(1, 9, 10, '90'),
      snapshot(2, 10),
      depth(3, 12, 12, '91'),
      depth(4, 13, 13, '92'),
      snapshot(5, 12),
    ];
    const { report, inputs } = await imported({ kind: 'binance', books: 'depth' }, [text.join('')]);
    expect(report.proofs).toEqual([{ instrument: 'binance:BTC/USDT', frames: 1, gaps: 1 }]);
    const states = inputs.flatMap((input) =>
      input.type === 'bookState' ? [[input.state, input.reason, input.atMs]] : [],
    );
    expect(states).toEqual([
      ['live', null, 2],
      ['resyncing', 'sequence_gap', 3],
      ['live', null, 5],
    ]);
    // The frame that was held back since is of the new snapshot's numbering.
    expect(books(inputs).at(-1)).toEqual({ kind: 'delta', bids: [92, 2], asks: [], atMs: 5 });
  });

  it('takes contracts of COIN-M as base, and files in the order of their times', async () => {
    const ticker = (atMs: number, b: string): string =>
      line(atMs, {
        stream: 'x',
        data: { e: 'bookTicker', E: atMs, s: 'BTCUSD_PERP', ps: 'BTCUSD', b, B: '10', a: '50001', A: '1' },
      });
    const spot = line(2, { stream: 'x', data: { s: 'BTCUSDT', b: '49000', B: '1', a: '49001', A: '2' } });
    const { inputs, report } = await imported({ kind: 'binance', books: 'ticker' }, [
      ticker(1, '50000') + ticker(3, '40000'),
      spot,
    ]);
    expect(books(inputs)).toMatchObject([
      { bids: [50_000, 0.02], atMs: 1 },
      { bids: [49_000, 1], atMs: 2 },
      { bids: [40_000, 0.025], atMs: 3 },
    ]);
    expect(report.instruments).toEqual(['binancecoinm:BTC/USD:BTC', 'binance:BTC/USDT']);
  });

  it('makes books of closes, passes over gaps, and takes a close that stands for proof of life', async () => {
    const text = 'ts,coinbase_btcusd,us_btcusdt\n2023-03-10,100,\n2023-03-10 00:01:00,100,99\n';
    const renamed = new Map([['us', 'binanceus']]);
    const { inputs } = await imported({ kind: 'closes', columns: null, renamed }, [text]);
    const atMs = Date.UTC(2023, 2, 10);
    expect(books(inputs)).toEqual([
      { kind: 'snapshot', bids: [100, 1e9], asks: [100, 1e9], atMs },
      { kind: 'snapshot', bids: [99, 1e9], asks: [99, 1e9], atMs: atMs + 60_000 },
    ]);
    const around = inputs.filter(({ type }) => type === 'tick' || type === 'alive');
    expect(around.map(({ type }) => type)).toEqual(['tick', 'alive', 'tick']);
    expect(inputs).toContainEqual(expect.objectContaining({ type: 'exchange', exchange: 'binanceus', state: 'live' }));
  });

  it.each<[string, ImportOptions['recording'], string, string]>([
    ['no stream', { kind: 'binance', books: 'depth' }, 'hello\n', 'line 1: it must be "<nanoseconds> <JSON>"'],
    [
      'a snapshot first',
      { kind: 'binance', books: 'depth' },
      snapshot(1, 1),
      'line 1: a depth snapshot before any frame',
    ],
    [
      'an odd column',
      { kind: 'closes', columns: null, renamed: new Map() },
      'ts,price\n',
      'the column "price" is no EXCHANGE',
    ],
    [
      'a missing column',
      { kind: 'closes', columns: ['x_btcusd'], renamed: new Map() },
      'ts,a_btcusd\n',
      'no column "x_btcusd"',
    ],
    [
      'a price below 0',
      { kind: 'closes', columns: null, renamed: new Map() },
      'ts,a_btcusd\n2023-03-10,-1\n',
      'line 2, a_btcusd: "-1"',
    ],
    [
      'a time that is none',
      { kind: 'tops', columns: ['time', 'okx.bid', 'okx.ask'], symbol: 'A/B' },
      'now,1,2\n',
      '"now" is no time',
    ],
    [
      'a row too short',
      { kind: 'tops', columns: ['time', 'okx.bid', 'okx.ask'], symbol: 'A/B' },
      '2023-03-10,1\n',
      'it has 2 cells',
    ],
    [
      'half a top',
      { kind: 'tops', columns: ['time', 'okx.bid'], symbol: 'A/B' },
      '',
      'okx needs both okx.bid and okx.ask',
    ],
    ['no JSON', { kind: 'snapshots', atMs: 1 }, 'x', 'cannot be read as depth snapshots'],
    [
      'half a book',
      { kind: 'snapshots', atMs: 1 },
      '{"BTCUSDT":{"OKX":{"bid":[]}}}',
      'BTCUSDT, OKX: ask must be a list',
    ],
  ])('refuses %s, says where and leaves no file', async (_, recording, text, message) => {
    const importing = imported(recording, [text]);
    await expect(importing).rejects.toThrow(CaptureError);
    await expect(importing).rejects.toThrow(message);
    expect(existsSync(path.join(folder, 'out.cap.gz'))).toBe(false);
  });
});
