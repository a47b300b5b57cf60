// One measured reader of the flood: `bare` (ws + JSON.parse alone), `naive` (ccxt's await watchOrderBook loop) or
// `service` (this service's way, socket to gate decision). Prints one JSON line: CPU µs per frame, and how many frames
// it saw while it was measured. Arguments: way exchange url symbolCount measuredFrames
import http from 'node:http';
import ccxt from 'ccxt';
import { NEVER } from 'rxjs';
import { WebSocket } from 'ws';

const [way, exchange, url, symbolCountText, measuredText] = process.argv.slice(2);
const SYMBOLS = Array.from({ length: Number(symbolCountText) }, (_, n) =>
  n === 0 ? 'BTC/USDT' : `C${String(n).padStart(2, '0')}/USDT`,
);
const MEASURED = Number(measuredText);
const WARM_UP = Math.floor(MEASURED / 2);

let seen = 0;
let lastSequence = null;
let started = null;
let firstSequence = null;
/** Counts a frame; the measure begins after the warm-up and ends the process when enough was seen. */
function count(sequence) {
  seen += 1;
  if (seen === WARM_UP) {
    started = { cpu: process.cpuUsage(), at: performance.now() };
    firstSequence = sequence;
  }
  lastSequence = sequence;
  // The naive loop skips frames: frames are counted by the exchange's own sequence where there is one symbol.
  const done = SYMBOLS.length === 1 && firstSequence !== null ? sequence - firstSequence : seen - WARM_UP;
  if (started && done >= MEASURED) finish(done);
}
function finish(frames) {
  const cpu = process.cpuUsage(started.cpu);
  const microseconds = cpu.user + cpu.system;
  const updates = seen - WARM_UP;
  const seconds = (performance.now() - started.at) / 1_000;
  process.stdout.write(
    `${JSON.stringify({ usPerFrame: microseconds / frames, frames, updates, framesPerSecond: frames / seconds, rssMb: process.memoryUsage.rss() / 1e6 })}\n`,
  );
  process.exit(0);
}

function gateway(instance) {
  const rewrite = (at) => at.replace(/^https:\/\//, `${url}/`).replace(/^wss:\/\//, `${url.replace('http', 'ws')}/`);
  const walk = (node) => {
    for (const key of Object.keys(node)) {
      if (typeof node[key] === 'string') node[key] = rewrite(node[key]);
      else if (node[key] && typeof node[key] === 'object') walk(node[key]);
    }
  };
  walk(instance.urls.api);
  return instance;
}
const sequenceOf = {
  binance: (frame) => (frame.e === 'depthUpdate' ? frame.u : null),
  okx: (frame) => (frame.action === 'update' ? frame.data[0].seqId : null),
  bybit: (frame) => (frame.type === 'delta' ? frame.data.u : null),
  kraken: (frame) => (frame.channel === 'book' && frame.type === 'update' ? seen : null),
}[exchange];

const ways = {
  bare() {
    const id = (symbol) => symbol.replace('/', '');
    const [path, message] = {
      binance: [
        'stream.binance.com:9443/ws/0',
        { method: 'SUBSCRIBE', params: SYMBOLS.map((s) => `${id(s).toLowerCase()}@depth@100ms`), id: 1 },
      ],
      okx: ['ws.okx.com:8443/ws/v5/public', { op: 'subscribe', args: [{ channel: 'books', instId: 'BTC-USDT' }] }],
      bybit: ['stream.bybit.com/v5/public/spot', { op: 'subscribe', args: ['orderbook.200.BTCUSDT'] }],
      kraken: [
        'ws.kraken.com/v2',
        { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USDT'], depth: 100 } },
      ],
    }[exchange];
    const socket = new WebSocket(`${url.replace('http', 'ws')}/${path}`, { perMessageDeflate: false });
    socket.on('open', () => socket.send(JSON.stringify(message)));
    socket.on('message', (data) => {
      const sequence = sequenceOf(JSON.parse(data.toString()));
      if (sequence !== null) count(sequence);
    });
  },
  async naive() {
    const options = { httpAgent: new http.Agent(), enableRateLimit: false };
    options.options = {
      fetchMarkets: { types: ['spot'] },
      fetchCurrencies: false,
      fetchMargins: false,
      ws: { options: { perMessageDeflate: false } },
    };
    const instance = gateway(new ccxt.pro[exchange](options));
    for (const symbol of SYMBOLS) {
      (async () => {
        for (;;) {
          const book = await instance.watchOrderBook(symbol);
          count(book.nonce ?? seen);
        }
      })();
    }
  },
  async service() {
    const { MarketFeed } = await import('../dist/exchanges/market-feed.service.js');
    const { Detector } = await import('../dist/core/detector/detector.js');
    const { SystemClock } = await import('../dist/platform/clock/index.js');
    const { loadSettings } = await import('../dist/platform/config/index.js');
    const { openLog } = await import('../dist/platform/logging/index.js');
    const settings = loadSettings(
      { CROSSBOOK_EXCHANGES: exchange, CROSSBOOK_SYMBOLS: SYMBOLS.join(','), CROSSBOOK_EXCHANGE_GATEWAY: url },
      '/',
    );
    const credentials = { credential: async () => null, changes$: NEVER };
    const markets = new MarketFeed(settings, new SystemClock(), openLog('error'), credentials, { record() {} });
    const { detection } = settings;
    const detector = new Detector(
      {
        epoch: 'bench',
        ...detection,
        limits: detection,
        lifecycle: { ...detection, updateEveryMs: 100 },
      },
      markets.books,
      () => {},
    );
    markets.events$.subscribe((event) => {
      detector.accept(event);
      if (event.type === 'book' && event.update.kind === 'delta') count(event.update.sequence ?? seen);
    });
    await markets.onApplicationBootstrap();
  },
};
setTimeout(() => {
  process.stderr.write(`${way} ${exchange}: only ${seen} frames (sequence ${lastSequence}) in 60 s\n`);
  process.exit(1);
}, 60_000).unref();
await ways[way]();
