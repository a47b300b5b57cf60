// The markets of this service and the gates behind them, watching many symbols. Answers each message of its parent with
// what it holds: `{rssMb, heapMb, live, symbols, updates, reconnects}`. Prints a line when every book has been live.
// Arguments: gateway exchanges symbols, both lists with commas
import { NEVER } from 'rxjs';
import { MarketFeed } from '../dist/exchanges/market-feed.service.js';
import { SystemClock } from '../dist/platform/clock/index.js';
import { loadSettings } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';
import { benchDetector } from './bench-detector.mjs';

const [gateway, exchanges, symbols] = process.argv.slice(2);
const settings = loadSettings(
  { CROSSBOOK_EXCHANGES: exchanges, CROSSBOOK_SYMBOLS: symbols, CROSSBOOK_EXCHANGE_GATEWAY: gateway },
  '/',
);
const credentials = { credential: async () => null, changes$: NEVER };
const markets = new MarketFeed(settings, new SystemClock(), openLog('error'), credentials, { record() {} });
const detector = benchDetector(settings, markets.books);
markets.events$.subscribe((event) => detector.accept(event));

function state() {
  const statuses = markets.statuses();
  const books = statuses.flatMap((status) => status.symbols);
  const sum = (key) => statuses.reduce((total, status) => total + status[key], 0);
  const { rss, heapUsed } = process.memoryUsage();
  return {
    ...{ rssMb: rss / 1e6, heapMb: heapUsed / 1e6, symbols: books.length, updates: sum('updates') },
    live: books.filter((book) => book.state === 'live').length,
    reconnects: sum('reconnects'),
    troubled: statuses.flatMap(({ id, status, lastError }) => (status === 'live' ? [] : [[id, status, lastError]])),
  };
}
process.on('message', () => process.send(state()));
process.on('disconnect', () => process.exit(0));
await markets.onApplicationBootstrap();
const wanted = exchanges.split(',').length * symbols.split(',').length;
const timer = setInterval(() => {
  if (state().live < wanted) return;
  clearInterval(timer);
  process.stdout.write('live\n');
}, 200);
