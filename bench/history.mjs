// `npm run bench:history [-- --quick]`: pages of opportunities and candles beside hand-written SQL over the same rows in
// the same run, what recording 20,000 rows a second costs the main thread, and how much the program grows while it exports
// a million rows. In an embedded database of its own.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { URLSearchParams } from 'node:url';
import { Client } from 'pg';
import { CandleRoller } from '../dist/history/candle-roller.js';
import { parseOpportunityQuery } from '../dist/history/opportunity-query.js';
import { OpportunityRepository } from '../dist/history/opportunity.repository.js';
import { PartitionRepository } from '../dist/history/partition.repository.js';
import { RollupRepository } from '../dist/history/rollup.repository.js';
import { RouteRepository } from '../dist/history/route.repository.js';
import { parseCandlesQuery } from '../dist/history/spread-query.js';
import { SpreadWriter } from '../dist/history/spread-writer.js';
import { SpreadRepository } from '../dist/history/spread.repository.js';
import { SystemClock } from '../dist/platform/clock/index.js';
import { settingsSchema } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';
import { openDatabase } from '../dist/platform/prisma/index.js';
import { FROM_MS, makeRows, routeOf, ROUTES, STEP_MS, symbolOf } from './history-rows.mjs';
import { Report, startProgram } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:history [--quick]   pages and candles beside bare SQL, and the cost of recording');
  process.exit(0);
}
const OPPORTUNITIES = quick ? 50_000 : 10_000_000;
const SAMPLES = quick ? 200_000 : 20_000_000;
const RUNS = quick ? 3 : 7;
const QUERIES = quick ? 40 : 400;
const RECORD_SECONDS = quick ? 2 : 20;
const ROWS_PER_SECOND = 20_000;
const EXPORTED = Math.min(OPPORTUNITIES, 1_000_000);
/** About what a row takes with its indexes, and as much again for the log of the server. */
const BYTES_PER_ROW = 2_000;

const p95 = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)];
const timed = async (work) => {
  const startedMs = performance.now();
  const rows = await work();
  if (rows.length === 0) throw new Error('a query of the benchmark found nothing');
  return performance.now() - startedMs;
};

/** Runs both sides query by query in turn, so that what else the machine does falls on both. */
async function compare(ours, bare) {
  const sides = [[], []];
  for (let i = 0; i < QUERIES; i += 1) {
    for (const which of i % 2 ? [1, 0] : [0, 1]) sides[which].push(await timed(() => (which ? bare(i) : ours(i))));
  }
  return p95(sides[0]) / p95(sides[1]);
}

/** Processor time of the main thread, ms; of the whole process where the system does not tell it of one thread. */
function mainThreadMs() {
  if (process.platform !== 'linux') return process.cpuUsage().user / 1e3 + process.cpuUsage().system / 1e3;
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Hands over candles at an even pace and stores them as the recorder does. */
async function record(writer, flushMs, atMs) {
  const rows = Array.from({ length: ROUTES }, (_, n) => routeOf(n));
  const before = { ms: performance.now(), cpuMs: mainThreadMs(), ...writer.metrics };
  const total = RECORD_SECONDS * ROWS_PER_SECOND;
  for (let told = 0, flushedMs = before.ms; told < total; await pass(10)) {
    const due = Math.min(total, Math.floor(((performance.now() - before.ms) / 1_000) * ROWS_PER_SECOND));
    for (; told < due; told += 1) {
      const figures = {
        openBps: 1,
        highBps: 3,
        lowBps: -1,
        closeBps: 2,
        grossBps: 20,
        samples: 3,
        aboveMs: told % 1_000,
      };
      writer.take([{ ...rows[told % ROUTES], startMs: atMs + Math.floor(told / ROUTES) * 1_000, ...figures }]);
    }
    if (performance.now() - flushedMs < flushMs) continue;
    flushedMs = performance.now();
    void writer.flush().catch(() => undefined);
  }
  await writer.flush();
  const elapsedMs = performance.now() - before.ms;
  return {
    perSecond: ((writer.metrics.stored - before.stored) / elapsedMs) * 1_000,
    share: (mainThreadMs() - before.cpuMs) / elapsedMs,
    lost: writer.metrics.lost - before.lost,
  };
}

/** Takes rows and stores nothing: what is left is the cost of making them. */
const nowhere = { take: () => undefined, flush: () => Promise.resolve(), metrics: { stored: 0, lost: 0 } };

const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Lets the whole program export rows as CSV; what it grows by meanwhile, MB. */
async function exportRssMb({ host, port, user, password, database }) {
  const program = await startProgram({
    CROSSBOOK_DATABASE_URL: `postgresql://${user}:${encodeURIComponent(password ?? '')}@${host}:${port}/${database}`,
    CROSSBOOK_EXCHANGES: 'binance',
    CROSSBOOK_SYMBOLS: 'BTC/USDT',
    CROSSBOOK_EXCHANGE_GATEWAY: 'http://127.0.0.1:9',
  });
  try {
    const read = async (rows) => {
      const query = new URLSearchParams({ format: 'csv', from: String(FROM_MS), to: String(FROM_MS + rows * STEP_MS) });
      const response = await fetch(`${program.url}/v1/opportunities?${query}`);
      let lines = 0;
      for await (const chunk of response.body) for (const byte of chunk) lines += byte === 10 ? 1 : 0;
      if (lines !== rows + 1) throw new Error(`${lines} lines of ${rows} rows came, status ${response.status}`);
    };
    // What a program takes once, it takes with the first rows.
    await read(EXPORTED / 10);
    const before = rssMb(program.pid);
    let most = before;
    const looking = setInterval(() => (most = Math.max(most, rssMb(program.pid))), 100);
    await read(EXPORTED).finally(() => clearInterval(looking));
    return most - before;
  } finally {
    await program.end();
  }
}

const LISTED = `id, epoch, revision, kind, state, symbol, buy_exchange, sell_exchange, route_id, legs, gross_bps, top_net_bps,
  size, notional, net_profit, net_bps, currency, notional_usd, after_transfer, opened_at_ms, updated_at_ms, closed_at_ms,
  close_reason, peak_net_bps, standing, detected_at_ms, conversion, identity, capped_by, peak_size, above_ms`;
const PAGE = `SELECT ${LISTED} FROM opportunities WHERE symbol = $1 AND net_bps >= $2 AND opened_at >= $3 AND opened_at < $4
  ORDER BY opened_at DESC, id DESC LIMIT 101`;
const CANDLES = `SELECT start, open_bps, high_bps, low_bps, close_bps, gross_bps, samples, above_ms, routes.* FROM spread_candles_1s
  JOIN routes ON routes.id = route WHERE route_id = $1 AND start >= $2 AND start < $3 ORDER BY start DESC, route DESC LIMIT 501`;

async function main(database, bare) {
  const report = new Report('history', [
    ['pageP95VsSql', 1.3],
    ['candlesP95VsSql', 1.3],
    ['recordRowsPerSecond', ROWS_PER_SECOND * 0.95, 'least'],
    ['recordMainThreadShare', 0.2],
    ['recordLost', 0],
    ['exportRssMb', 64],
  ]);
  const routes = new RouteRepository(database);
  const partitions = new PartitionRepository(database);
  process.stderr.write(`making ${OPPORTUNITIES} opportunities and ${SAMPLES} samples\n`);
  await makeRows(database, { routes, partitions }, OPPORTUNITIES, SAMPLES);
  report.figure('rows', [OPPORTUNITIES + SAMPLES], 'rows');

  const opportunities = new OpportunityRepository(database, partitions);
  const spreads = new SpreadRepository(database, routes, partitions);
  const spanMs = OPPORTUNITIES * STEP_MS;
  const seconds = SAMPLES / ROUTES;
  const rangeOf = (i, lengthMs, totalMs) => {
    const from = FROM_MS + Math.floor(((i * 0.618_034) % 1) * Math.max(0, totalMs - lengthMs));
    return { from, to: from + Math.min(lengthMs, totalMs) };
  };
  const dayOf = (i) => rangeOf(i, 86_400_000, spanMs);
  const secondsOf = (i) => rangeOf(i, 500_000, seconds * 1_000);
  const texts = (query) => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const page = (i) =>
    opportunities.list(
      parseOpportunityQuery(texts({ symbol: symbolOf(i), minNetBps: 5, ...dayOf(i), limit: 100 })),
      Date.now(),
    );
  const barePage = async (i) =>
    (await bare.query(PAGE, [symbolOf(i), 5, new Date(dayOf(i).from), new Date(dayOf(i).to)])).rows;
  const candles = (i) =>
    spreads.list(
      parseCandlesQuery(texts({ routeId: routeOf(i).routeId, interval: '1s', ...secondsOf(i), limit: 500 })),
      'high_bps',
      null,
    );
  const bareCandles = async (i) =>
    (await bare.query(CANDLES, [routeOf(i).routeId, new Date(secondsOf(i).from), new Date(secondsOf(i).to)])).rows;

  const runs = { page: [], candles: [], perSecond: [], share: [], lost: [] };
  const settings = settingsSchema.parse({ dataDir });
  const roller = new CandleRoller(new RollupRepository(database, partitions));
  const writer = new SpreadWriter(spreads, roller, new SystemClock(), settings, openLog('error'));
  for (let run = 0; run <= RUNS; run += 1) {
    process.stderr.write(run === 0 ? 'warm-up\n' : `run ${run} of ${RUNS}\n`);
    const ratios = [await compare(page, barePage), await compare(candles, bareCandles)];
    const atMs = FROM_MS + (seconds + run * 1_000) * 1_000;
    const recorded = await record(writer, settings.history.flushMs, atMs);
    const made = await record(nowhere, settings.history.flushMs, atMs);
    if (run === 0) continue;
    runs.page.push(ratios[0]);
    runs.candles.push(ratios[1]);
    runs.perSecond.push(recorded.perSecond);
    runs.share.push(recorded.share - made.share);
    runs.lost.push(recorded.lost);
  }
  report.figure('pageP95VsSql', runs.page, 'ratio');
  report.figure('candlesP95VsSql', runs.candles, 'ratio');
  report.figure('recordRowsPerSecond', runs.perSecond, 'rows/s');
  report.figure('recordMainThreadShare', runs.share, 'ratio');
  report.figure('recordLost', runs.lost, 'rows');
  process.stderr.write(`exporting ${EXPORTED} rows\n`);
  report.figure('exportRssMb', [await exportRssMb(database.pool.options)], 'MB');
  report.end();
}

const dataDir = await mkdtemp(path.join(os.tmpdir(), 'crossbook-bench-'));
try {
  const { bavail, bsize } = await statfs(dataDir);
  const neededGb = ((OPPORTUNITIES + SAMPLES) * BYTES_PER_ROW) / 1e9;
  const freeGb = (bavail * bsize) / 1e9;
  if (freeGb < neededGb)
    throw new Error(`${dataDir} has ${freeGb.toFixed(0)} GB free, ${neededGb.toFixed(0)} are needed`);
  const opened = await openDatabase({ dataDir }, openLog('error'));
  try {
    const bare = new Client(opened.database.pool.options);
    await bare.connect();
    try {
      await main(opened.database, bare);
    } finally {
      await bare.end();
    }
  } finally {
    await opened.close();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
