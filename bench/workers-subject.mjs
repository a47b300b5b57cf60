// One measured service with its exchanges spread over worker threads, or all in one: prints one JSON line with the CPU µs
// per frame of the main thread and of the whole process. Arguments: workers url measuredFrames pace
// (frames a second of each exchange, or `flood`: asked for once every exchange is live)
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { NEVER } from 'rxjs';
import { MarketFeed } from '../dist/exchanges/market-feed.service.js';
import { ThreadedFeed } from '../dist/exchanges/threaded-feed.service.js';
import { SystemClock } from '../dist/platform/clock/index.js';
import { loadSettings } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';
import { benchDetector } from './bench-detector.mjs';

const [workers, url, measuredText, pace] = process.argv.slice(2);
const MEASURED = Number(measuredText);
const WARM_UP = MEASURED;
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];

const settings = loadSettings(
  {
    CROSSBOOK_EXCHANGES: EXCHANGES.join(','),
    CROSSBOOK_SYMBOLS: 'BTC/USDT',
    CROSSBOOK_EXCHANGE_GATEWAY: url,
    CROSSBOOK_WORKERS: workers,
    CROSSBOOK_LOG_LEVEL: 'error',
  },
  '/',
);
const context = {
  settings,
  clock: new SystemClock(),
  log: openLog(settings.logLevel),
  credentials: { credential: async () => null, changes$: NEVER },
  calls: { record() {} },
};
const { clock, log, credentials, calls } = context;
const markets =
  settings.workers === 0
    ? new MarketFeed(settings, clock, log, credentials, calls)
    : new ThreadedFeed(settings.workers, context);
const detector = benchDetector(settings, markets.books);

/** CPU µs that the main thread has used so far; the kernel counts it, Node does not yet. */
const mainThread = () => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1_000;
const wholeProcess = () => Object.values(process.cpuUsage()).reduce((sum, part) => sum + part, 0);
let seen = 0;
let started = null;
markets.events$.subscribe((event) => {
  detector.accept(event);
  if (event.type !== 'book' || event.update.kind !== 'delta') return;
  if (started === null && markets.statuses().some(({ status }) => status !== 'live')) return;
  if (seen === 0) http.request(`${url}/pace/${pace}`, { method: 'POST' }, (answer) => answer.resume()).end();
  seen += 1;
  if (seen === WARM_UP) started = { main: mainThread(), all: wholeProcess(), at: performance.now() };
  if (seen < WARM_UP + MEASURED) return;
  const seconds = (performance.now() - started.at) / 1_000;
  const figures = {
    mainUs: (mainThread() - started.main) / MEASURED,
    allUs: (wholeProcess() - started.all) / MEASURED,
    framesPerSecond: MEASURED / seconds,
    rssMb: process.memoryUsage.rss() / 1e6,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exit(0);
});
setTimeout(() => {
  const states = markets.statuses().map(({ id, status, lastError }) => `${id} ${status} ${lastError?.message ?? ''}`);
  process.stderr.write(`workers ${workers}: only ${seen} frames in 120 s: ${states.join(', ')}\n`);
  process.exit(1);
}, 120_000).unref();
await markets.onApplicationBootstrap();
