// What the benchmarks have in common: processes of their own, and figures as one JSON line each and a table.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';

/** Starts a script of this folder and resolves with its first line of output. */
export async function start(script, args, { env = {}, execArgv = [] } = {}) {
  const child = fork(path.join(import.meta.dirname, script), args.map(String), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
    execArgv,
  });
  child.stdout.setEncoding('utf8');
  let text = '';
  while (!text.includes('\n')) {
    const [chunk] = await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`${script} ${args.join(' ')} ended with ${code}`))),
    ]);
    text += chunk;
  }
  return { child, line: text.slice(0, text.indexOf('\n')) };
}

const READY_WITHIN_MS = 60_000;

/** A port of loopback that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/**
 * Starts the program itself with its database, in a data directory that goes with it, and waits until it is ready.
 *
 * @param environment - Its settings, beside port and data directory.
 * @returns `{url, dataDir, end}`.
 */
export async function startProgram(environment) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'crossbook-bench-'));
  const port = await freePort();
  const dataDir = path.join(folder, 'data');
  const child = fork(path.join(import.meta.dirname, '../dist/main.js'), [], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...{ PATH: process.env.PATH, CROSSBOOK_PORT: String(port), CROSSBOOK_DATA_DIR: dataDir },
      ...{ CROSSBOOK_LOG_LEVEL: 'error', ...environment },
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const end = async () => {
    await stop({ child });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('the service is ready', READY_WITHIN_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
      return (await fetch(`${url}/health/ready`).catch(() => null))?.ok === true;
    });
  } catch (error) {
    await end();
    throw error;
  }
  return { url, dataDir, pid: child.pid, end };
}

/** Waits until something is so. */
export async function until(what, withinMs, isSo) {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pass(100);
  }
}

/** Sends a child a message and resolves with its answer; fails when it ends instead. */
export async function ask({ child }, message) {
  const answered = new AbortController();
  const ended = once(child, 'exit', { signal: answered.signal }).then(([code]) => {
    throw new Error(`a part of the benchmark ended with ${code}`);
  });
  try {
    child.send(message);
    const [answer] = await Promise.race([once(child, 'message', { signal: answered.signal }), ended]);
    return answer;
  } finally {
    answered.abort();
    ended.catch(() => undefined);
  }
}

/** Ends a child and waits for its end. */
export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Runs a script to its first line, a JSON object, and ends it. */
export async function measure(script, args, options) {
  const subject = await start(script, args, options);
  await stop(subject);
  return JSON.parse(subject.line);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value) => Number(value.toPrecision(4));

/** Prints figures as they come, and a table at the end that says which bound is missed. */
export class Report {
  table = [];

  /**
   * @param bounds - The most that a figure should be, or with `least` the least: `[figure, bound, 'least']`, where a figure
   * is named by how it begins.
   */
  constructor(bench, bounds) {
    this.bench = bench;
    this.bounds = bounds;
  }

  figure(figure, values, unit) {
    const [, bound = null, kind] = this.bounds.find(([start]) => figure.startsWith(start)) ?? [];
    const value = round(median(values));
    const least = round(Math.min(...values));
    const most = round(Math.max(...values));
    const { bench } = this;
    console.log(JSON.stringify({ bench, figure, value, unit, bound, runs: values.length, min: least, max: most }));
    const isMet = kind === 'least' ? value >= bound : value <= bound;
    const met = bound === null ? '' : isMet ? 'yes' : 'MISSED';
    this.table.push({ figure, value, least, most, unit, bound: bound ?? '', met });
  }

  end() {
    console.table(this.table);
  }
}
