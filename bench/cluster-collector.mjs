// A collector of the benchmark of a cluster: claims every exchange and tells synthetic books through the service's own teller, at
// the rate that its parent asks for. Arguments: settings as JSON.
import { Subject } from 'rxjs';
import { ExchangeTeller } from '../dist/cluster/collector/exchange-teller.js';
import { ClusterLink } from '../dist/cluster/link/cluster-link.js';
import { subjects } from '../dist/cluster/subjects.js';
import { BookRegistry } from '../dist/core/order-book/book-registry.js';
import { AccountLedger } from '../dist/exchanges/index.js';
import { SystemClock } from '../dist/platform/clock/index.js';
import { settingsSchema } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';

const LEVELS = 20;
const TURN_MS = 2;
const settings = settingsSchema.parse(JSON.parse(process.argv[2]));
const clock = new SystemClock();
const link = await ClusterLink.open(settings, openLog('error'));
link.broker.listen(subjects.clock(link.id), (message) => message.respond(JSON.stringify({ nowMs: clock.nowMs() })));

/** One exchange: what a feed of the service shows of it. */
function feedOf(id) {
  const books = new BookRegistry(100);
  const status = () => ({
    ...{ id, status: 'live', integrity: 'verified', clockOffsetMs: 0, messagesPerSecond: 0, messages: 0, updates: 0 },
    ...{ resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0, lastError: null, symbols: [] },
  });
  return {
    events$: new Subject(),
    statuses$: new Subject(),
    accounts: new AccountLedger(),
    books,
    statuses: () => [status()],
  };
}

const markets = [];
for (const exchange of settings.exchanges) {
  const term = await link.claims.claim('exchange', exchange);
  const feed = feedOf(exchange);
  new ExchangeTeller(exchange, term, feed, link, (error) => {
    throw error;
  }).start();
  markets.push({ exchange, feed });
}

const instruments = markets.flatMap(({ exchange, feed }) =>
  settings.symbols.map((symbol) => ({ feed, instrument: { exchange, symbol }, sequence: 0, mid: 100 })),
);

function tellBook(one, kind) {
  const { feed, instrument } = one;
  one.sequence += 1;
  const nowMs = clock.nowMs();
  const levels = kind === 'snapshot' ? LEVELS : 2;
  const bids = [];
  const asks = [];
  for (let at = 0; at < levels; at++) {
    const place = kind === 'snapshot' ? at : (one.sequence + at) % LEVELS;
    const size = 1 + ((one.sequence * 7 + at) % 50) / 10;
    bids.push(one.mid - 0.01 * (place + 1), size);
    asks.push(one.mid + 0.01 * (place + 1), size);
  }
  const times = { sequence: one.sequence, exchangeTimeMs: nowMs, receivedAtMs: nowMs };
  const update = { v: 1, instrument, kind, bids, asks, ...times };
  feed.books.open(instrument).apply(update);
  feed.events$.next({ type: 'book', update });
}

for (const { exchange, feed } of markets) {
  feed.events$.next({ type: 'exchange', exchange, state: 'live', clockOffsetMs: 0, atMs: clock.nowMs() });
}
for (const one of instruments) {
  const { feed, instrument } = one;
  const atMs = clock.nowMs();
  feed.events$.next({ type: 'fee', instrument, takerFeeBps: 10, source: 'default', atMs });
  tellBook(one, 'snapshot');
  feed.events$.next({ type: 'bookState', instrument, state: 'live', reason: null, atMs });
}

let perSecond = 0;
let owed = 0;
let told = 0;
let at = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  owed = Math.min(owed + ((nowMs - lastMs) * perSecond) / 1_000, perSecond / 10);
  lastMs = nowMs;
  for (; owed >= 1; owed--) {
    tellBook(instruments[at++ % instruments.length], 'delta');
    told += 1;
  }
}, TURN_MS);
process.on('message', (message) => {
  if (message.perSecond !== undefined) perSecond = message.perSecond;
  process.send({ told });
});
process.on('disconnect', () => process.exit(0));
console.log('ready');
