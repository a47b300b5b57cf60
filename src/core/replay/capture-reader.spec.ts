import { describe, expect, it } from '@jest/globals';
import { CaptureReader } from './capture-reader.js';
import { CaptureError } from './capture.error.js';

const HEADER = {
  format: 'crossbook-capture',
  version: 1,
  product: '0.1.0',
  createdAtMs: 1_000,
  epoch: 'e',
  keptLevels: 900,
  detection: { minNetBps: 5 },
  seeds: {},
  source: 'live',
  assumptions: [],
};
const TICK = { type: 'tick', nowMs: 1_000, loopDelayMs: 0, queueMs: 0 };
const END = { end: true, entries: 2, endedAtMs: 1_001 };

function read(...lines: unknown[]): CaptureReader {
  const reader = new CaptureReader();
  for (const line of lines) reader.take(typeof line === 'string' ? line : JSON.stringify(line));
  return reader;
}

describe('CaptureReader', () => {
  it('reads header, state, log and end, and says that it was whole', () => {
    const reader = new CaptureReader();
    const kinds = [HEADER, { section: 'state' }, TICK, { section: 'log' }, TICK, END].map((line) => {
      const item = reader.take(JSON.stringify(line));
      return item.kind === 'input' ? `${item.section} ${item.input.type}` : item.kind;
    });
    expect(kinds).toEqual(['header', 'section', 'state tick', 'section', 'log tick', 'end']);
    expect([reader.entries, reader.isWhole]).toEqual([2, true]);
  });

  it('takes a log without a state before it', () => {
    expect(read(HEADER, { section: 'log' }, TICK).entries).toBe(1);
  });

  it('knows a capture without its end for cut off', () => {
    expect(read(HEADER, { section: 'state' }, { section: 'log' }, TICK).isWhole).toBe(false);
  });

  it.each([
    ['another file', [{ hello: 1 }], 'line 1 of the capture: it must begin with {"format":"crossbook-capture" …}'],
    ['text', ['binance,okx'], 'line 1 of the capture: it is no JSON'],
    ['a later version', [{ ...HEADER, version: 2, product: '9.0.0' }], 'replay it with product 9.0.0'],
    ['a header without books', [{ ...HEADER, keptLevels: null }], 'keptLevels must be a number'],
    ['a header with odd seeds', [{ ...HEADER, seeds: { simulator: 'x' } }], 'seeds[0] must be a number'],
    ['an entry before its section', [HEADER, TICK], 'line 2 of the capture: an entry must stand in a section'],
    ['a section twice', [HEADER, { section: 'log' }, { section: 'log' }], 'each once'],
    [
      'a state after the log',
      [HEADER, { section: 'log' }, { section: 'state' }],
      'sections must be "state", then "log"',
    ],
    ['an unknown entry', [HEADER, { section: 'log' }, { type: 'trade' }], 'type must be book, bookState'],
    [
      'a broken entry',
      [HEADER, { section: 'log' }, { ...TICK, queueMs: 'no' }],
      'line 3 of the capture: queueMs must be',
    ],
    ['a line of nothing known', [HEADER, { section: 'log' }, {}], 'neither an entry, a section nor the end'],
    ['a list', [HEADER, [1]], 'it must be an object'],
    ['a wrong count', [HEADER, { section: 'log' }, TICK, END], 'tells of 2 entries, but 1 were there'],
    ['a line after the end', [HEADER, { section: 'log' }, TICK, TICK, END, TICK], 'nothing may follow the end'],
  ])('refuses %s', (_, lines, message) => {
    expect(() => read(...lines)).toThrow(CaptureError);
    expect(() => read(...lines)).toThrow(message);
  });
});
