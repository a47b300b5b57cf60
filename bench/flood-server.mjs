// Sends order-book frames in the wire formats of five exchanges, for benchmarks only. Run as a process of its own, so that
// its work is not counted. Prints its address once it listens; ends with its parent.
// Arguments: metadataUrl (a running simulator) levels framesPerSecond (of each socket) [folder of cert.pem and key.pem]
//
// `POST /pace/N` asks for N frames a second, each a packet of its own as an exchange sends it; `POST /pace/flood` for as
// many as the reader takes, many in one write, so that what a frame costs is not lost in what a wake-up costs. A new
// socket begins at the pace of the arguments again.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import path from 'node:path';
import { setImmediate } from 'node:timers';
import { WebSocketServer } from 'ws';
import { bodiesOf, fullSide, WIRES } from './flood-wires.mjs';

const [metadataUrl, levelsText, rateText, certificateFolder] = process.argv.slice(2);
const LEVELS = Number(levelsText);
const FIRST_PACE = Number(rateText);
const TICK_MS = 2;
const FRAMES_PER_WRITE = 64;
/** The most frames a socket gets: the load ends by itself. */
const MAX_FRAMES = 20_000_000;
const BODIES = bodiesOf(LEVELS);

const wireOf = (url) => Object.keys(WIRES).find((name) => url.includes(name));

/** Sequences outlive a socket, since binance's REST snapshot is asked for apart from it. */
const sequences = new Map();
/** Frames a second, or Infinity. */
let pace = FIRST_PACE;
/** Begin to flood a socket, each; they do nothing while it is flooded already or not subscribed to. */
const floods = new Set();

const BINANCE_SYMBOLS = Array.from({ length: 50 }, (_, n) => (n === 0 ? 'BTC' : `C${String(n).padStart(2, '0')}`));
function exchangeInfo() {
  const symbols = BINANCE_SYMBOLS.map((base) => ({
    symbol: `${base}USDT`,
    status: 'TRADING',
    baseAsset: base,
    quoteAsset: 'USDT',
    baseAssetPrecision: 8,
    quoteAssetPrecision: 8,
    quotePrecision: 8,
    orderTypes: ['LIMIT', 'MARKET'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    permissions: ['SPOT'],
    permissionSets: [['SPOT']],
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
      { filterType: 'NOTIONAL', minNotional: '5', applyMinToMarket: true, maxNotional: '9000000' },
    ],
  }));
  return { timezone: 'UTC', serverTime: Date.now(), rateLimits: [], exchangeFilters: [], symbols };
}

async function handle(request, response) {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/pace/')) {
    const asked = url.pathname.slice('/pace/'.length);
    pace = asked === 'flood' ? Infinity : Number(asked);
    if (pace === Infinity) for (const flood of floods) flood();
    return answer(200, '{}');
  }
  if (url.pathname.endsWith('/api/v3/exchangeInfo')) return answer(200, JSON.stringify(exchangeInfo()));
  if (url.pathname.endsWith('/api/v3/depth')) {
    const lastUpdateId = sequences.get(url.searchParams.get('symbol')) ?? 0;
    return answer(200, JSON.stringify({ lastUpdateId, bids: fullSide('bid'), asks: fullSide('ask') }));
  }
  const upstream = await fetch(`${metadataUrl}${request.url}`, { method: request.method });
  answer(upstream.status, await upstream.text());
}

/** A text frame of the server as the protocol frames it (RFC 6455, section 5.2); the texts are ASCII, below 64 KB. */
function framed(text) {
  const { length } = text;
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255];
  return String.fromCharCode(...header) + text;
}

const pem = (name) => readFileSync(path.join(certificateFolder, name));
const server = certificateFolder
  ? createTlsServer({ cert: pem('cert.pem'), key: pem('key.pem') }, handle)
  : createServer(handle);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const name = wireOf(request.url);
  const wire = WIRES[name];
  const streams = [];
  let due = 0;
  let sent = 0;
  let at = performance.now();
  let isFlooding = false;
  pace = FIRST_PACE;
  const start = (id, channel) => {
    const stream = { id, channel, levels: LEVELS, sequence: sequences.get(id) ?? 1_000 };
    if (wire.snapshot) socket.send(wire.snapshot(stream));
    streams.push(stream);
  };
  const next = () => {
    const stream = streams[sent % streams.length];
    const frame = wire.frame(stream, BODIES[sent % BODIES.length]);
    if (name === 'binance') sequences.set(stream.id, stream.sequence);
    sent += 1;
    return frame;
  };
  const flood = () => {
    isFlooding = pace === Infinity && socket.readyState === socket.OPEN && sent < MAX_FRAMES;
    if (!isFlooding) return;
    let text = '';
    for (let frame = 0; frame < FRAMES_PER_WRITE; frame++) text += framed(next());
    request.socket.write(text, 'latin1', () => setImmediate(flood));
  };
  const begin = () => {
    if (!isFlooding && streams.length > 0) flood();
  };
  floods.add(begin);
  socket.on('message', (data) => {
    const text = data.toString();
    if (text === 'ping') return socket.send('pong');
    wire.subscribe(JSON.parse(text), (reply) => socket.send(reply), start);
  });
  const timer = setInterval(() => {
    const now = performance.now();
    const elapsed = now - at;
    at = now;
    if (isFlooding || pace === Infinity || streams.length === 0) return;
    due += (elapsed / 1_000) * pace;
    // A reader that cannot keep up is not pressed further: frames wait, none is lost.
    if (socket.bufferedAmount > 4_000_000) due = Math.min(due, 1);
    for (; due >= 1 && sent < MAX_FRAMES; due -= 1) socket.send(next());
  }, TICK_MS);
  socket.on('close', () => {
    floods.delete(begin);
    clearInterval(timer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${certificateFolder ? 'https' : 'http'}://127.0.0.1:${server.address().port}\n`);
});
process.on('disconnect', () => process.exit(0));
