import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';

/** Two exchanges a second apart: nothing, 50 bps for four seconds, nothing. */
const ROWS = Array.from({ length: 10 }, (_, second) => {
  const bid = second >= 3 && second < 7 ? 100.6 : 99.9;
  return `2025-01-01 00:00:0${second},99.9,100.1,${bid},${bid + 0.2}`;
}).join('\n');
const IMPORT = [
  'import',
  '--kind',
  'tops',
  '--symbol',
  'BTC/USDT',
  '--columns',
  'time,okx.bid,okx.ask,kraken.bid,kraken.ask',
];
const FREE = ['--fee', 'okx=0', '--fee', 'kraken=0'];

/** Each starts the command line anew, on a machine that may be busy. */
jest.setTimeout(60_000);

describe('the commands import and replay', () => {
  let cwd = '';
  const run = (...args: string[]): Promise<Ended> => commandLine(args, { cwd });

  beforeAll(async () => {
    buildCommandLine();
    cwd = mkdtempSync(path.join(os.tmpdir(), 'crossbook-replay-'));
    writeFileSync(path.join(cwd, 'rows.csv'), ROWS);
    const imported = await run(...IMPORT, ...FREE, '--out', 'two.cap.gz', 'rows.csv');
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    expect(imported.stdout).toContain('of 2 instruments\nassumed   sizes are not told and limit nothing');
  }, 120_000);

  afterAll(() => {
    rmSync(cwd, { recursive: true });
  });

  it('writes what was decided, and the fingerprint of exactly that', async () => {
    const { code, stdout } = await run('replay', 'two.cap.gz', '--out', 'events.ndjson');
    const written = readFileSync(path.join(cwd, 'events.ndjson'), 'utf8');
    const events = written.split('\n').filter((line) => line.startsWith('{"type":"opportunity"'));
    expect(code).toBe(0);
    expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['opened', 'closed']);
    expect(JSON.parse(events[1] ?? '{}')).toMatchObject({
      opportunity: { closeReason: 'collapsed', aboveMs: 4_000, routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT' },
    });
    expect(stdout).toContain('1 opened, 0 updated, 1 closed (collapsed 1)');
    expect(stdout).toContain(`sha256    ${createHash('sha256').update(written).digest('hex')}`);
  });

  it('says of a capture of the demo what the machine said that wrote it', async () => {
    const { code, stdout } = await run('replay', path.join(import.meta.dirname, 'captures/demo.cap.gz'));
    expect(code).toBe(0);
    expect(stdout).toContain('3918 entries, 3412 of them book updates');
    // What changes decisions on purpose changes this: replay it, read what became different, and write the new one here.
    expect(stdout).toContain('sha256    bcc7c5e7586000f7cf3c0feb132ae8b2cd7dbaf7ac99995ffea226fe192de77f');
  });

  it('says the same twice, and otherwise where it is asked what if', async () => {
    const [first, second] = [await run('replay', 'two.cap.gz'), await run('replay', 'two.cap.gz')];
    expect(second.stdout).toBe(first.stdout);
    const dearer = await run('replay', 'two.cap.gz', '--set', 'detection.minNetBps=60', '--json');
    expect(JSON.parse(dearer.stdout)).toMatchObject({ opened: 0, detection: { minNetBps: 60 }, isWhole: true });
  });

  it('keeps the summary out of lines on standard output', async () => {
    const { stdout, stderr } = await run('replay', 'two.cap.gz', '--out', '-');
    expect(
      stdout
        .trim()
        .split('\n')
        .every((line) => line.startsWith('{"type":"')),
    ).toBe(true);
    expect(stderr).toContain('1 opened');
  });

  it.each<[string, string[], number, string]>([
    [
      'a setting that is none',
      ['replay', 'two.cap.gz', '--set', 'detection.minNetBps=x'],
      1,
      'detection.minNetBps: must be a number',
    ],
    [
      'a setting of another room',
      ['replay', 'two.cap.gz', '--set', 'port=1'],
      1,
      'port: no such setting; known are detection.minNetBps',
    ],
    ['what is no capture', ['replay', 'rows.csv'], 1, 'line 1 of the capture: it is no JSON'],
    ['what is not there', ['replay', 'gone.cap.gz'], 1, 'gone.cap.gz cannot be opened'],
    ['a file that is there', [...IMPORT, ...FREE, '--out', 'two.cap.gz', 'rows.csv'], 1, 'exists already'],
    [
      'an unknown fee',
      [...IMPORT.with(6, 'time,mtgox.bid,mtgox.ask,-,-'), '--out', 'x', 'rows.csv'],
      1,
      'add --fee mtgox=BPS',
    ],
    [
      'an unknown kind',
      ['import', '--kind', 'dreams', '--out', 'x', 'rows.csv'],
      2,
      'Allowed choices are binance, closes',
    ],
    ['snapshots without a time', ['import', '--kind', 'snapshots', '--out', 'x', 'rows.csv'], 2, 'needs --at'],
    ['a capture without a file', ['capture'], 2, "required option '--out <file>' not specified"],
  ])('refuses %s, and says what to do', async (_, args, code, message) => {
    const ended = await run(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(message);
    expect(ended.stdout).toBe('');
  });

  it.each(['capture', 'replay', 'import'])('explains %s with --help', async (command) => {
    const { code, stdout } = await run(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`npm run ${command} -- `);
  });
});
