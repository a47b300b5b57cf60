// `npm run bench:feed [-- --quick]`: what a message costs the feed for each client that it is delivered to, over `ws` alone
// that sends one ready buffer to all; how late it comes; what clients that never read cost; how many connections it holds.
import { setTimeout as pass } from 'node:timers/promises';
import { ask, Report, start, stop } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:feed [--quick]   what delivering to a thousand clients costs; --quick within a minute');
  process.exit(0);
}
const CLIENTS = 1_000;
const DEAD = 50;
const CONNECTIONS = 5_000;
const PER_SECOND = 50;
/** Messages of 32 KB: fast enough that a client that does not read is over its bound soon. */
const BULK_PER_SECOND = 20;
const RUNS = quick ? 3 : 7;
const MEASURED_MS = quick ? 1_500 : 4_000;
/** In full longer than two heartbeats, after which a client that does not read is closed. */
const DEAD_MS = quick ? 12_000 : 30_000;
const SETTLE_MS = 500;
const report = new Report('feed', [
  ['cpuVsBareWs', 1.3],
  ['deadReadersMb', 250],
  ['connectionsHeld', CONNECTIONS, 'least'],
]);

/** A server with its clients, each in a process of its own. */
async function open(kind, groups) {
  const server = await start('feed-subject.mjs', [kind]);
  const crowds = [];
  for (const group of groups) {
    const crowd = await start('feed-clients.mjs', []);
    crowds.push(crowd);
    await ask(crowd, { ...group, url: server.line });
  }
  const close = async () => {
    await stop(server);
    for (const crowd of crowds) await stop(crowd);
  };
  return { server, crowds, close };
}

/** Publishes for a while; gives the server's processor time per delivered message and what the first crowd received. */
async function phase({ server, crowds }, load) {
  const [crowd] = crowds;
  await ask(crowd, { take: true });
  const { published, cpuUs, rssMb, mostMb, bufferedMb } = await ask(server, load);
  await pass(SETTLE_MS);
  const heard = await ask(crowd, { take: true });
  return { ...heard, published, rssMb, mostMb, bufferedMb, usPerMessage: cpuUs / heard.received };
}

const load = { perSecond: PER_SECOND, milliseconds: MEASURED_MS };
const channel = 'exchanges';

async function measureCost() {
  const sides = {
    bare: await open('bare', [{ connect: CLIENTS }]),
    feed: await open('feed', [{ connect: CLIENTS, channel }]),
    ownNames: await open('feed', [{ connect: CLIENTS, channel, ownNames: true }]),
  };
  const runs = [];
  for (let run = 0; run <= RUNS; run++) {
    process.stderr.write(run === 0 ? 'cost: warm-up\n' : `cost: run ${run} of ${RUNS}\n`);
    const figures = {};
    for (const [name, side] of Object.entries(sides)) figures[name] = await phase(side, load);
    if (run > 0) runs.push(figures);
  }
  for (const side of Object.values(sides)) await side.close();
  const of = (value) => runs.map(value);
  const ratio = (name) => of((run) => run[name].usPerMessage / run.bare.usPerMessage);
  report.figure('cpuVsBareWs', ratio('feed'), 'ratio');
  report.figure('cpuVsBareWs.ownNames', ratio('ownNames'), 'ratio');
  for (const name of Object.keys(sides)) {
    const per = (value) => of((run) => value(run[name]));
    report.figure(
      `usPerMessage.${name}`,
      per(({ usPerMessage }) => usPerMessage),
      'µs',
    );
    report.figure(
      `bytesPerMessage.${name}`,
      per(({ bytes, received }) => bytes / received),
      'bytes',
    );
    report.figure(
      `delivered.${name}`,
      per(({ received, published }) => received / published / CLIENTS),
      'ratio',
    );
  }
  report.figure(
    'p50Ms',
    of(({ feed }) => feed.p50),
    'ms',
  );
  report.figure(
    'p99Ms',
    of(({ feed }) => feed.p99),
    'ms',
  );
  report.figure(
    'p99Ms.bare',
    of(({ bare }) => bare.p99),
    'ms',
  );
}

async function measureDeadReaders() {
  process.stderr.write(`${DEAD} clients that never read\n`);
  const side = await open('feed', [
    { connect: CLIENTS - DEAD, channel },
    { connect: DEAD, channel: 'bulk' },
  ]);
  const withBulk = { ...load, bulkPerSecond: BULK_PER_SECOND };
  await phase(side, withBulk);
  const alive = await phase(side, withBulk);
  await ask(side.crowds[1], { stopReading: DEAD });
  const dead = await phase(side, { ...withBulk, milliseconds: DEAD_MS });
  await side.close();
  report.figure('deadReadersMb', [dead.mostMb - alive.mostMb], 'MB');
  // What waited for them in the server at most: 0 would mean that they were never behind.
  report.figure('bufferedMb.deadReaders', [dead.bufferedMb], 'MB');
  report.figure('p99Ms.aliveReaders', [alive.p99], 'ms');
  report.figure('p99Ms.deadReaders', [dead.p99], 'ms');
  report.figure('delivered.deadReaders', [dead.received / dead.published / (CLIENTS - DEAD)], 'ratio');
}

async function measureConnections() {
  process.stderr.write(`${CONNECTIONS} connections\n`);
  const empty = await open('feed', []);
  const before = await ask(empty.server, { perSecond: 1, milliseconds: 1_000 });
  await empty.close();
  const side = await open('feed', [{ connect: CONNECTIONS, channel }]);
  const held = await phase(side, { perSecond: 1, milliseconds: MEASURED_MS });
  await side.close();
  // Held are those that are open and received everything.
  report.figure('connectionsHeld', [Math.min(held.open, held.received / held.published)], 'connections');
  report.figure('kbPerConnection', [((held.rssMb - before.rssMb) * 1e3) / CONNECTIONS], 'kB');
}

const only = process.argv.find((given) => given.startsWith('--only='))?.slice(7);
if (only === undefined || only === 'cost') await measureCost();
if (only === undefined || only === 'dead') await measureDeadReaders();
if (only === undefined || only === 'connections') await measureConnections();
report.end();
