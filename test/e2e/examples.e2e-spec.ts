import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { Stack, TemporaryDirectory, freePort } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PYTHON = '/usr/bin/python3';
const hasWebsockets = spawnSync(PYTHON, ['-c', 'import websockets']).status === 0;
const CHROMIUM = '/usr/bin/chromium';
const inBrowser = existsSync(CHROMIUM) ? it : it.skip;
const inPython = hasWebsockets ? it : it.skip;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...said });
    });
  });
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('the examples', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  let url: string;
  let stream: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    stream = `ws://127.0.0.1:${port}/v1/stream`;
    stack.start('cli/main.js', ['demo', '--port', String(port)], {});
    await waitFor('the demo tells of an opening', () => stack.logs.join('').includes('opened '), 90_000);
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('watches through the TypeScript client', async () => {
    const { code, stdout } = await run(process.execPath, 'examples/node/watch.mjs', '--url', url, '--duration', '6');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ open now$/m);
    expect(stdout).toMatch(/opened \w+ \S+ → \w+ \S+ {2}\d+\.\d\d bps {2}-?\d+\.\d\d \w+$/m);
    expect(stdout).toMatch(/^[1-9]\d* opened$/m);
  }, 60_000);

  it('trades on paper', async () => {
    const bot = 'examples/bot/paper-bot.mjs';
    const { code, stdout } = await run(process.execPath, bot, '--url', url, '--duration', '6', '--budget', '1000');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^paper trade: \d+\.\d\d \w+ \w+ → \w+: -?\d+\.\d\d$/m);
    expect(stdout).toMatch(/^[1-9]\d* taken, \d+ without budget; on paper: -?\d+\.\d\d \w+/m);
  }, 60_000);

  inPython(
    hasWebsockets ? 'watches in Python' : 'watches in Python (left out: python3-websockets is not installed)',
    async () => {
      const { code, stdout, stderr } = await run(
        PYTHON,
        'examples/python/watch.py',
        '--url',
        stream,
        '--duration',
        '6',
      );
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^opened \w+ \S+ → \w+ \S+ {2}\d+\.\d\d bps/m);
      expect(stdout.trim()).toMatch(/ended$/);
    },
    60_000,
  );

  inBrowser(
    existsSync(CHROMIUM) ? 'watches in a browser' : `watches in a browser (left out: there is no ${CHROMIUM})`,
    async () => {
      const port = await freePort();
      const server = spawn(process.execPath, ['examples/browser/serve.mjs', '--port', String(port)], { cwd: ROOT });
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      try {
        await waitFor('the page is served', () => answers(`http://127.0.0.1:${port}/`));
        const page = await browser.newPage();
        const faults: string[] = [];
        page.on('pageerror', (error) => faults.push(String(error)));
        await page.goto(`http://127.0.0.1:${port}/?url=${encodeURIComponent(stream)}`);
        const state = page.locator('#state');
        await waitFor('an open one is shown', async () => /live, [1-9]/.test((await state.textContent()) ?? ''));
        expect(await page.locator('#open tr').first().textContent()).toMatch(/\w+\/\w+\w+\d+\.\d\d/);
        expect(faults).toEqual([]);
      } finally {
        await browser.close();
        server.kill('SIGINT');
      }
    },
    60_000,
  );

  it('gives types to programs that import the client', () => {
    const project = path.join(directory.path, 'typed');
    mkdirSync(path.join(project, 'node_modules'), { recursive: true });
    symlinkSync(ROOT, path.join(project, 'node_modules/crossbook'));
    const text = (what: string): string =>
      `import { CrossbookClient } from 'crossbook/client';
       new CrossbookClient({ url: 'ws://x' }).subscribe('opportunities').subscribe((m) => {
         if (m.type === 'update') m.data[0]?.opportunity.${what};
       });`;
    const compiled = (what: string): string => {
      writeFileSync(path.join(project, 'program.mts'), text(what));
      const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'ES2023', '--preserveSymlinks'];
      return spawnSync(process.execPath, [tsc, 'program.mts', ...options, '--skipLibCheck'], {
        cwd: project,
        encoding: 'utf8',
      }).stdout;
    };
    expect(compiled('netBps.toFixed()')).toBe('');
    expect(compiled('netBsp')).toContain("Property 'netBsp' does not exist");
  }, 60_000);

  it('reports from the CSV of the past', async () => {
    const { code, stdout } = await run(PYTHON, 'examples/report/report.py', '--url', url, '--hours', '1');
    expect(code).toBe(0);
    const count = Number(/^# (\d+) opportunities$/m.exec(stdout)?.[1]);
    expect(count).toBeGreaterThan(0);
    const rows = [...stdout.matchAll(/^\| (?:\S+: \w+ → \w+|\d+ more) \| (\d+) \|/gm)].map(([, opened]) =>
      Number(opened),
    );
    expect(rows.reduce((sum, opened) => sum + opened, 0)).toBe(count);
    expect(stdout).toContain('over 60 s');
  }, 60_000);

  it.each([
    ['examples/node/watch.mjs', process.execPath, '--url', 'http://127.0.0.1:9'],
    ['examples/bot/paper-bot.mjs', process.execPath, '--url', 'http://127.0.0.1:9'],
    ['examples/report/report.py', PYTHON, '--url', 'http://127.0.0.1:9'],
  ])(
    'says where no service answers, and explains itself: %s',
    async (file, command, ...args) => {
      const lost = await run(command, file, ...args);
      expect([lost.code, lost.stdout]).toEqual([1, '']);
      expect(lost.stderr).toContain('nothing answers at http://127.0.0.1:9; is the service running?');
      expect((await run(command, file, '--help')).stdout).toContain('--url URL');
    },
    30_000,
  );
});
