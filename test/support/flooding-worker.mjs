// A worker that tells more at once than its ring holds, many times over.
import { parentPort, workerData } from 'node:worker_threads';
import { Bell, Ring } from '../../dist/exchanges/worker/ring.js';
import { RingWriter } from '../../dist/exchanges/worker/ring-writer.js';
import { SystemClock } from '../../dist/platform/clock/index.js';

const UPDATES = 100_000;
const { ring, bell, parcels } = workerData;
const clock = new SystemClock();
const writer = new RingWriter(new Ring(ring), new Bell(bell), parcels, clock, () =>
  parentPort.postMessage({ type: 'bell' }),
);
const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const side = (first, step) => Array.from({ length: 10 }, (_, rank) => [first + rank * step, 1]).flat();
const [bids, asks] = [side(100, -1), side(101, 1)];
for (let sequence = 1; sequence <= UPDATES; sequence++) {
  const kind = sequence === 1 ? 'snapshot' : 'delta';
  const update = { v: 1, instrument, kind, bids, asks, sequence, exchangeTimeMs: null, receivedAtMs: clock.nowMs() };
  writer.tell({ type: 'book', update });
}
parentPort.on('message', (message) => {
  if (message.type === 'stop') process.exit(0);
});
