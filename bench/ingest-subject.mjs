// One measured reader of the flood: `bare` (ws + JSON.parse alone), `naive` (ccxt's await watchOrderBook loop) or
// `service` (this service's way, socket to gate decision). Prints one JSON line: CPU µs per frame that the socket
// delivered, and how many updates it saw of them. Arguments: way exchange url symbolCount measuredFrames pace
// (frames a second, or `flood`: see flood-server.mjs; asked for once every symbol is live, so that books can begin)
import http from 'node:http';
import https from 'node:https';
import ccxt from 'ccxt';
import { NEVER } from 'rxjs';
import { WebSocket } from 'ws';

const [way, exchange, url, symbolCountText, measuredText, pace] = process.argv.slice(2);
const SYMBOLS = Array.from({ length: Number(symbolCountText) }, (_, n) =>
  n === 0 ? 'BTC/USDT' : `C${String(n).padStart(2, '0')}/USDT`,
);
const MEASURED = Number(measuredText);
const WARM_UP = MEASURED;

const symbolsSeen = new Set();
let isPaced = false;
let seen = 0;
/** Where the warm-up began, and where the measure did. */
let warm = null;
let started = null;
const now = (sequence) => ({ sequence, seen, cpu: process.cpuUsage(), at: performance.now() });
/** The naive loop skips frames: they are counted by the exchange's own sequence where there is one for all. */
const framesSince = (mark, sequence) => (SYMBOLS.length === 1 ? sequence - mark.sequence : seen - mark.seen);

/** Counts a frame: waits for every symbol, asks for the pace, warms up, and ends the process when enough was seen. */
function count(sequence, symbol) {
  seen += 1;
  if (started) {
    if (framesSince(started, sequence) >= MEASURED) finish(sequence);
  } else if (warm) {
    if (framesSince(warm, sequence) >= WARM_UP) started = now(sequence);
  } else if (isPaced) warm = now(sequence);
  else if (symbolsSeen.size < SYMBOLS.length && symbolsSeen.add(symbol).size === SYMBOLS.length) {
    const client = url.startsWith('https') ? https : http;
    client.request(`${url}/pace/${pace}`, { method: 'POST' }, (answer) => answer.resume()).end();
    setTimeout(() => (isPaced = true), 200);
  }
}
function finish(sequence) {
  const { user, system } = process.cpuUsage(started.cpu);
  const frames = framesSince(started, sequence);
  const updates = seen - started.seen;
  const framesPerSecond = frames / ((performance.now() - started.at) / 1_000);
  process.stdout.write(
    `${JSON.stringify({ usPerFrame: (user + system) / frames, frames, updates, framesPerSecond })}\n`,
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
/** The sequence and the market of a frame of changes; kraken has no sequence, and no reader of it skips one. */
const changeOf = {
  binance: (frame) => (frame.e === 'depthUpdate' ? [frame.u, frame.s] : null),
  okx: (frame) => (frame.action === 'update' ? [frame.data[0].seqId, frame.arg.instId] : null),
  bybit: (frame) => (frame.type === 'delta' ? [frame.data.u, frame.data.s] : null),
  kraken: (frame) => (frame.channel === 'book' && frame.type === 'update' ? [seen, frame.data[0].symbol] : null),
  gate: (frame) => (frame.result?.U === undefined ? null : [frame.result.u, frame.result.s]),
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
      gate: ['api.gateio.ws/ws/v4/', { channel: 'spot.obu', event: 'subscribe', payload: ['ob.BTC_USDT.50'] }],
    }[exchange];
    const socket = new WebSocket(`${url.replace('http', 'ws')}/${path}`, { perMessageDeflate: false });
    socket.on('open', () => socket.send(JSON.stringify(message)));
    socket.on('message', (data) => {
      const change = changeOf(JSON.parse(data.toString()));
      if (change !== null) count(...change);
    });
  },
  async naive() {
    const options = { enableRateLimit: false, ...(url.startsWith('http:') ? { httpAgent: new http.Agent() } : {}) };
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
          count(book.nonce ?? seen, symbol);
        }
      })();
    }
  },
  async service() {
    const { MarketFeed } = await import('../dist/exchanges/market-feed.service.js');
    const { benchDetector } = await import('./bench-detector.mjs');
    const { SystemClock } = await import('../dist/platform/clock/index.js');
    const { loadSettings } = await import('../dist/platform/config/index.js');
    const { openLog } = await import('../dist/platform/logging/index.js');
    const settings = loadSettings(
      { CROSSBOOK_EXCHANGES: exchange, CROSSBOOK_SYMBOLS: SYMBOLS.join(','), CROSSBOOK_EXCHANGE_GATEWAY: url },
      '/',
    );
    const credentials = { credential: async () => null, changes$: NEVER };
    const markets = new MarketFeed(settings, new SystemClock(), openLog('error'), credentials, { record() {} });
    const detector = benchDetector(settings, markets.books);
    markets.events$.subscribe((event) => {
      detector.accept(event);
      if (event.type !== 'book' || event.update.kind !== 'delta') return;
      count(event.update.sequence ?? seen, event.update.instrument.symbol);
    });
    await markets.onApplicationBootstrap();
  },
};
setTimeout(() => {
  process.stderr.write(`${way} ${exchange}: only ${seen} frames in 60 s\n`);
  process.exit(1);
}, 60_000).unref();
await ways[way]();
