// Clients of a server of the feed in a process of their own, so that their work is not counted. A message says what to do
// and each is answered: `{connect, url, channel, ownNames}`, `{stopReading}` (how many, those that came last), `{take}`
// (what came since the last time). Ends with its parent.
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** One client in so many looks when its messages were published; parsing all would measure the clients. */
const TIMED_EVERY = 10;
/** Connections that are opened at once. */
const AT_ONCE = 100;

const clients = [];
let received = 0;
let bytes = 0;
let latencies = [];
let closed = {};

function hear(data, isTimed) {
  received += 1;
  bytes += data.length;
  if (!isTimed) return;
  const publishedUs = /"updates":(\d+)/.exec(data.toString('latin1'))?.[1];
  if (publishedUs) latencies.push((Number(process.hrtime.bigint() / 1_000n) - Number(publishedUs)) / 1_000);
}

async function connect(at, { url, channel, ownNames }) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('close', (code) => (closed[code] = (closed[code] ?? 0) + 1));
  const isTimed = at % TIMED_EVERY === 0;
  let isReady = channel === undefined;
  const ready = new Promise((resolve) => {
    if (isReady) resolve();
    socket.on('message', (data) => {
      if (isReady) return hear(data, isTimed);
      isReady = data.includes('"type":"snapshot"');
      if (isReady) resolve();
    });
  });
  await once(socket, 'open');
  clients.push(socket);
  if (channel) socket.send(JSON.stringify({ op: 'subscribe', id: ownNames ? `own${at}` : 'a', channel }));
  await ready;
}

async function connectAll(asked) {
  for (let from = 0; from < asked.connect; from += AT_ONCE) {
    const some = Math.min(AT_ONCE, asked.connect - from);
    await Promise.all(Array.from({ length: some }, (_, n) => connect(from + n, asked)));
  }
}

function take() {
  const taken = { received, bytes, latencies: latencies.sort((a, b) => a - b), closed };
  [received, bytes, latencies, closed] = [0, 0, [], {}];
  const at = (share) => taken.latencies[Math.floor(taken.latencies.length * share)] ?? null;
  const open = clients.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  return { received: taken.received, bytes: taken.bytes, closed: taken.closed, p50: at(0.5), p99: at(0.99), open };
}

process.on('message', async (asked) => {
  if (asked.connect) await connectAll(asked);
  if (asked.stopReading) for (const socket of clients.slice(-asked.stopReading)) socket.pause();
  process.send(asked.take ? take() : {});
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('ready\n');
