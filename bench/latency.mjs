// `npm run bench:latency [-- --quick]`: from a frame leaving an exchange to its news reaching a client of `/v1/stream`,
// through the whole real service, against a bare relay of the same frames; alternating, in one run.
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startExchanges } from './latency-exchanges.mjs';
import { Report, start, startProgram, stop } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log(
    'bench:latency [--quick]   milliseconds from the exchange to a client of the feed; --quick within a minute',
  );
  process.exit(0);
}
const FRAMES_PER_SECOND = 2_000;
const RUNS = quick ? 2 : 5;
/** Both sides take turns within a run: what else the machine does for a second or two then falls on both. */
const TURNS = quick ? 3 : 6;
const WARM_UP_MS = 500;
const MEASURED_MS = quick ? 1_000 : 2_000;
const report = new Report('latency', [['p99VsRelay', 3]]);

/** The program, watching two exchanges behind a gateway. */
const startService = (gateway) =>
  startProgram({
    CROSSBOOK_EXCHANGE_GATEWAY: gateway,
    CROSSBOOK_EXCHANGES: 'binance,okx',
    CROSSBOOK_SYMBOLS: 'BTC/USDT,USDT/USD',
    // Each coming and going is told: without grace a bid that goes ends its opportunity at once.
    CROSSBOOK_DETECTION_GRACE_MS: '0',
    // The book of okx stands still for as long as it takes.
    CROSSBOOK_DETECTION_MAX_QUIET_MS: '600000',
  });

/** A client of either; `sequencesOf` gives those that a message tells of. */
async function connect(url, sequencesOf, exchanges) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const client = { socket, latencies: [] };
  socket.on('message', (data) => {
    const at = performance.now();
    for (const sequence of sequencesOf(JSON.parse(data.toString()))) {
      const left = exchanges.leftAt.get(sequence);
      if (left !== undefined) client.latencies.push(at - left);
      exchanges.leftAt.delete(sequence);
    }
  });
  await once(socket, 'open');
  return client;
}
const told = (message) =>
  message.type !== 'update'
    ? []
    : message.data
        .filter(({ event }) => event === 'opened')
        .map(({ opportunity }) => opportunity.legs.find(({ exchange }) => exchange === 'binance').sequence);

/** Lets frames flow to one of both for a while; gives the latencies of those sent after the warm-up, and how many never came. */
async function turn(exchanges, to, client) {
  Object.assign(exchanges, { to, framesPerSecond: FRAMES_PER_SECOND, isPaused: false });
  await pass(WARM_UP_MS);
  exchanges.leftAt.clear();
  client.latencies = [];
  await pass(MEASURED_MS);
  exchanges.isPaused = true;
  await pass(300);
  return { latencies: client.latencies, missing: exchanges.leftAt.size };
}

/** What all turns of one side in a run come to. */
function summary(turns) {
  const latencies = turns.flatMap((each) => each.latencies).sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)] ?? NaN;
  const missing = turns.reduce((sum, each) => sum + each.missing, 0);
  return { p50: at(0.5), p99: at(0.99), answered: latencies.length / (latencies.length + missing) };
}

const metadata = await start('metadata.mjs', []);
const exchanges = await startExchanges(metadata.line);
const relay = await start('latency-relay.mjs', [`${exchanges.url.replace('http', 'ws')}/relay`]);
try {
  const service = await startService(exchanges.url);
  try {
    const viaRelay = await connect(relay.line, (frame) => [frame.u], exchanges);
    const viaFeed = await connect(`${service.url.replace('http', 'ws')}/v1/stream`, told, exchanges);
    viaFeed.socket.send(JSON.stringify({ op: 'subscribe', id: 'a', channel: 'opportunities' }));
    const runs = [];
    // The first run is not counted: much is compiled in it.
    for (let run = 0; run <= RUNS; run++) {
      process.stderr.write(run === 0 ? 'warming up\n' : `run ${run} of ${RUNS}\n`);
      const relays = [];
      const feeds = [];
      for (let at = 0; at < TURNS; at++) {
        relays.push(await turn(exchanges, 'relay', viaRelay));
        feeds.push(await turn(exchanges, 'binance', viaFeed));
      }
      if (run > 0) runs.push({ relay: summary(relays), feed: summary(feeds) });
    }
    const of = (value) => runs.map(value);
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
      'relayP50Ms',
      of((each) => each.relay.p50),
      'ms',
    );
    report.figure(
      'relayP99Ms',
      of((each) => each.relay.p99),
      'ms',
    );
    report.figure(
      'p99VsRelay',
      of(({ feed, relay: bare }) => feed.p99 / bare.p99),
      'ratio',
    );
    report.figure(
      'answered',
      of(({ feed }) => feed.answered),
      'ratio',
    );
    viaRelay.socket.terminate();
    viaFeed.socket.terminate();
  } finally {
    await service.end();
  }
} finally {
  exchanges.close();
  await stop(relay);
  await stop(metadata);
}
report.end();
