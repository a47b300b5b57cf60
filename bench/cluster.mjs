// `npm run bench:cluster [-- --quick]`: what a cluster costs and how soon it is whole again. A NATS server of its own and real
// detectors; books are synthetic, told through the service's own teller. Needs nats-server and a PostgreSQL
// (CROSSBOOK_TEST_SERVER, else postgresql://postgres@127.0.0.1:5432).
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import pg from 'pg';
import { StreamReader } from '../dist/cluster/link/stream-reader.js';
import { OPPORTUNITIES } from '../dist/cluster/subjects.js';
import { settingsSchema } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';
import { Broker } from '../dist/platform/nats/index.js';
import { ask, freePort, Report, start, startProgram, stop, until } from './processes.mjs';

if (process.argv.includes('--help')) {
  console.log('bench:cluster [--quick]   shares of two detectors, what the broker adds, fail-over, frames a second');
  process.exit(0);
}
const quick = process.argv.includes('--quick');
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken', 'gate', 'kucoin'];
const ASSETS = 60;
const SYMBOLS = Array.from({ length: ASSETS }, (_, index) => `A${String(index + 1).padStart(2, '0')}/USDT`);
/** Changes a second while detectors are compared: a part of what one core carries. */
const LOAD = 8_000;
const MEASURED_MS = quick ? 5_000 : 12_000;
const SHARE_RUNS = quick ? 1 : 3;
const FAILOVER_RUNS = quick ? 2 : 5;
const CALM = 300;
const CALM_RUNS = quick ? 3 : 7;
const CALM_MS = quick ? 2_000 : 5_000;
const RATES = [2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000];
const RATE_MS = quick ? 1_500 : 4_000;
/** A reader that is further behind does not keep up. */
const BEHIND_MS = 250;
const report = new Report('cluster', [
  ['detectorShare2', 1.8, 'least'],
  ['addedP99Ms', 2],
  ['failoverMs', 5_000],
]);

/** Processor time of a process so far, milliseconds, all threads, user and system. */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function cpuOver(pids, ms) {
  const before = await Promise.all(pids.map(cpuMs));
  await pass(ms);
  const after = await Promise.all(pids.map(cpuMs));
  return after.map((value, index) => value - before[index]);
}

async function ownedBy({ url }) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^crossbook_cluster_owned\{kind="asset"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'crossbook-bench-cluster-'));
const server = process.env.CROSSBOOK_TEST_SERVER ?? 'postgresql://postgres@127.0.0.1:5432';
const database = `crossbook_bench_${randomUUID().replaceAll('-', '')}`;
const port = await freePort();
const nats = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder], { stdio: 'ignore' });

async function administer(sql) {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const shared = { nats: { url: `nats://127.0.0.1:${port}` }, exchanges: EXCHANGES, symbols: SYMBOLS, logLevel: 'error' };
const settingsOf = (role, member) =>
  JSON.stringify({ ...shared, role, databaseUrl: `${server}/${database}`, cluster: { member } });
const detector = (member) =>
  startProgram({
    CROSSBOOK_ROLE: 'detector',
    CROSSBOOK_CLUSTER_MEMBER: member,
    CROSSBOOK_NATS_URL: shared.nats.url,
    CROSSBOOK_DATABASE_URL: `${server}/${database}`,
    CROSSBOOK_EXCHANGES: EXCHANGES.join(','),
    CROSSBOOK_SYMBOLS: SYMBOLS.join(','),
  });

async function measureWay(collector) {
  const reader = await start('cluster-reader.mjs', [settingsOf('gateway', 'reader')]);
  await until(
    'the reader has every book',
    30_000,
    async () => (await ask(reader, {})).live === EXCHANGES.length * ASSETS,
  );
  await ask(collector, { perSecond: CALM });
  await pass(CALM_MS);
  const p50 = [];
  const p99 = [];
  for (let run = 0; run < CALM_RUNS; run++) {
    await ask(reader, {});
    await pass(CALM_MS);
    const { p50Ms, p99Ms } = await ask(reader, {});
    p50.push(p50Ms);
    p99.push(p99Ms);
  }
  report.figure('addedP50Ms', p50, 'ms');
  report.figure('addedP99Ms', p99, 'ms');
  let carried = 0;
  for (const perSecond of RATES) {
    await ask(collector, { perSecond });
    await pass(500);
    const first = { told: (await ask(collector, {})).told, ...(await ask(reader, {})) };
    await pass(RATE_MS);
    const told = (await ask(collector, {})).told;
    await pass(BEHIND_MS);
    const last = await ask(reader, {});
    const isWhole = last.gaps === first.gaps && last.p99Ms < BEHIND_MS;
    if (!isWhole) break;
    carried = Math.max(carried, ((told - first.told) / RATE_MS) * 1_000);
  }
  report.figure('framesPerSecond', [carried], '1/s');
  await ask(collector, { perSecond: CALM });
  await stop(reader);
}

async function measureShares(collector, broker) {
  let one = await detector('d1');
  await until('one owns everything', 60_000, async () => (await ownedBy(one)) === ASSETS);
  const shares = [];
  const failovers = [];
  await ask(collector, { perSecond: LOAD });
  for (let run = 0; run < Math.max(SHARE_RUNS, FAILOVER_RUNS); run++) {
    await pass(3_000);
    const [alone] = run < SHARE_RUNS ? await cpuOver([one.pid], MEASURED_MS) : [0];
    const other = await detector(`d2-${run}`);
    await until(
      'both own half',
      60_000,
      async () => (await ownedBy(one)) === ASSETS / 2 && (await ownedBy(other)) === ASSETS / 2,
    );
    await pass(3_000);
    if (run < SHARE_RUNS) {
      const both = await cpuOver([one.pid, other.pid], MEASURED_MS);
      shares.push(alone / Math.max(...both));
    }
    if (run < FAILOVER_RUNS) failovers.push(await failover(broker, other, one));
    else await other.end();
  }
  report.figure('detectorShare2', shares, 'ratio');
  report.figure('failoverMs', failovers, 'ms');
  await one.end();
}

/** Kills a detector; gives the time until the last of its assets is claimed by the other. */
async function failover(broker, victim, heir) {
  const claims = [];
  const sinceMs = Date.now();
  const reader = StreamReader.open(broker, OPPORTUNITIES, { sinceMs }, (message) => {
    if (message.json().kind === 'claim') claims.push(message.time.getTime());
  });
  await reader.caughtUp;
  const killedAtMs = Date.now();
  process.kill(victim.pid, 'SIGKILL');
  await until('the other owns everything', 30_000, async () => (await ownedBy(heir)) === ASSETS);
  await pass(500);
  await reader.close();
  await victim.end();
  return Math.max(...claims) - killedAtMs;
}

try {
  await administer(`CREATE DATABASE ${database}`);
  const broker = await Broker.open(settingsSchema.parse({ ...shared, role: 'recorder' }), openLog('error'), 'bench');
  const collector = await start('cluster-collector.mjs', [settingsOf('collector', 'collector')]);
  await measureWay(collector);
  await measureShares(collector, broker);
  await stop(collector);
  await broker.close();
  report.end();
} finally {
  nats.kill();
  await administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
}
