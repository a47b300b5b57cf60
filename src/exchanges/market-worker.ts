import { parentPort, workerData } from 'node:worker_threads';
import { map, merge } from 'rxjs';
import { SystemClock } from '../platform/clock/index.js';
import { openLog } from '../platform/logging/index.js';
import { guardRejections } from './ccxt/instance/rejection-guard.js';
import { MarketFeed } from './market-feed.service.js';
import type { FromWorker, Told, ToWorker, WorkerStart } from './worker/messages.js';
import { Bell, Ring } from './worker/ring.js';
import { RingWriter } from './worker/ring-writer.js';
import { AskedCredentials, ToldCalls } from './worker/thread-ports.js';

/** How often the thread shows that its event loop turns. */
const BEAT_MS = 250;

/** Runs the markets of one worker thread and tells them to the main thread, which ends it. */
function run(port: NonNullable<typeof parentPort>, { worker, settings, parcels, ...memory }: WorkerStart): void {
  const say = (message: FromWorker): void => {
    port.postMessage(message);
  };
  const log = openLog(settings.logLevel).child({ worker });
  guardRejections(log);
  const clock = new SystemClock();
  const credentials = new AskedCredentials(say);
  const ring = new Ring(memory.ring);
  const writer = new RingWriter(ring, new Bell(memory.bell), parcels, clock, () => {
    say({ type: 'bell' });
  });
  const feed = new MarketFeed(settings, clock, log, credentials, new ToldCalls(say));
  const told$ = merge(
    feed.events$,
    feed.statuses$.pipe(map((status): Told => ({ type: 'status', status }))),
    feed.accounts.changes$.pipe(map((reading): Told => ({ type: 'account', reading }))),
  );
  const telling = told$.subscribe({
    next: (told) => {
      writer.tell(told);
    },
    error: (error: unknown) => {
      throw error;
    },
  });
  port.on('message', (message: ToWorker) => {
    if (message.type === 'stop') {
      telling.unsubscribe();
      void feed.onApplicationShutdown().then(() => process.exit(0));
    } else if (message.type === 'endSigned') {
      void feed.onModuleDestroy().then(() => {
        say({ type: 'signedEnded' });
      });
    } else if (message.type === 'watch') feed.watch(message.symbols);
    else credentials.take(message);
  });
  setInterval(() => {
    ring.beat();
  }, BEAT_MS);
  feed.start();
}

if (parentPort) run(parentPort, workerData as WorkerStart);
