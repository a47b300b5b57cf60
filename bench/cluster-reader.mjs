// A reader of the benchmark of a cluster: follows every book and says how many changes came, how late, and how many books were
// told anew because something was missing. Arguments: settings as JSON.
import { ClusterLink } from '../dist/cluster/link/cluster-link.js';
import { RemoteMarkets } from '../dist/cluster/markets/remote-markets.js';
import { SystemClock } from '../dist/platform/clock/index.js';
import { settingsSchema } from '../dist/platform/config/index.js';
import { openLog } from '../dist/platform/logging/index.js';

const settings = settingsSchema.parse(JSON.parse(process.argv[2]));
const log = openLog('error');
const clock = new SystemClock();
const link = await ClusterLink.open(settings, log);
const markets = new RemoteMarkets(link, settings, clock, log, null);
let lateMs = [];
let updates = 0;
let gaps = 0;
markets.events$.subscribe((event) => {
  if (event.type === 'bookState' && event.reason === 'relay_gap') gaps += 1;
  if (event.type !== 'book' || event.update.kind !== 'delta') return;
  updates += 1;
  lateMs.push(clock.nowMs() - event.update.exchangeTimeMs);
});
markets.onApplicationBootstrap();
process.on('message', () => {
  const live = [...settings.exchanges].flatMap((exchange) =>
    settings.symbols.filter((symbol) => markets.books.get(`${exchange}:${symbol}`)?.isUsable),
  ).length;
  const sorted = lateMs.sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null;
  process.send({ updates, gaps, live, p50Ms: at(0.5), p99Ms: at(0.99) });
  lateMs = [];
});
process.on('disconnect', () => process.exit(0));
console.log('ready');
