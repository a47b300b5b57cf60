// `npm run bench:ingest [-- --quick]`: CPU per frame through a real socket of this service's way (socket to gate
// decision), of ws + JSON.parse alone and of the naive `await watchOrderBook` loop, alternating, in one run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { measureWorkers } from './workers.mjs';

const here = import.meta.dirname;
const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:ingest [--quick]   CPU per frame as ratios; --quick takes under 60 s with less precision');
  process.exit(0);
}
const RUNS = quick ? 2 : 5;
const FRAMES = quick ? 15_000 : 20_000;
const RATE = 10_000;

/** What is measured: a figure per scenario and pair of ways; those marked `quick` are enough for a first look. */
const SCENARIOS = [
  { name: 'levels5', exchange: 'binance', levels: 5, symbols: 1, ways: ['bare', 'service', 'naive'], quick: false },
  { name: 'levels20', exchange: 'binance', levels: 20, symbols: 1, ways: ['bare', 'service', 'naive'], quick: true },
  { name: 'levels20.symbols50', exchange: 'binance', levels: 20, symbols: 50, ways: ['bare', 'service'], quick: true },
  { name: 'levels20.okx', exchange: 'okx', levels: 20, symbols: 1, ways: ['bare', 'service'], quick: false },
  { name: 'levels20.bybit', exchange: 'bybit', levels: 20, symbols: 1, ways: ['bare', 'service'], quick: false },
  { name: 'levels20.kraken', exchange: 'kraken', levels: 20, symbols: 1, ways: ['bare', 'service'], quick: true },
].filter((scenario) => scenario.quick || !quick);
const BOUNDS = { 'vsLimit.levels20': 1.5, workers2Main: 0.5, workers2Total: 1.3 };

/** Starts a script and resolves with its first line of output. */
async function start(script, args) {
  const child = fork(path.join(here, script), args.map(String), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
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
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value) => Number(value.toPrecision(4));
const table = [];
function report(figure, values, unit) {
  const bound = BOUNDS[figure] ?? null;
  const line = { bench: 'ingest', figure, value: round(median(values)), unit, bound, runs: values.length };
  console.log(JSON.stringify({ ...line, min: round(Math.min(...values)), max: round(Math.max(...values)) }));
  table.push({
    figure,
    value: line.value,
    unit,
    bound: bound ?? '',
    met: bound === null ? '' : line.value <= bound ? 'yes' : 'MISSED',
  });
}

const simulator = await start('metadata.mjs', []);
try {
  for (const { name, exchange, levels, symbols, ways } of SCENARIOS) {
    const flood = await start('flood-server.mjs', [simulator.line, levels, RATE]);
    const cost = Object.fromEntries(ways.map((way) => [way, []]));
    const lost = [];
    try {
      for (let run = 0; run < RUNS; run++) {
        for (const way of ways) {
          process.stderr.write(`${name}: run ${run + 1} of ${RUNS}, ${way}\n`);
          const subject = await start('ingest-subject.mjs', [way, exchange, flood.line, symbols, FRAMES]);
          const figures = JSON.parse(subject.line);
          cost[way].push(figures.usPerFrame);
          if (way === 'service') lost.push(figures.frames - figures.updates);
          await stop(subject.child);
        }
      }
    } finally {
      await stop(flood.child);
    }
    const ratio = (a, b) => cost[a].map((value, run) => value / cost[b][run]);
    report(`vsLimit.${name}`, ratio('service', 'bare'), 'ratio');
    if (cost.naive) report(`vsNaive.${name}`, ratio('service', 'naive'), 'ratio');
    report(`usPerFrame.${name}`, cost.service, 'µs');
    if (name === 'levels20') report('lost', lost, 'frames');
  }
  await measureWorkers({ start, stop, report }, simulator.line, quick ? 1 : RUNS, FRAMES);
} finally {
  await stop(simulator.child);
}
console.table(table);
