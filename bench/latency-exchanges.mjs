// Two exchanges for the latency benchmark, in its own process, so that one clock sees a frame leave and its news arrive.
// The book of okx stands still; on binance a bid comes and goes that would pay against it, among ordinary changes.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const LEVELS = 100;
const TICK_MS = 1;
/** One frame in so many brings the paying bid; half as many frames later another takes it away. */
const NEWS_EVERY = 20;
/** Frames a second that the service gets while the relay is measured: its book stays alive and goes on without a gap. */
const KEPT_ALIVE_WITH = 20;
const PAYING_BID = '[["60600.00","1.00000"]]';
const NO_BID = '[["60600.00","0"]]';
const side = (best, step) => Array.from({ length: LEVELS }, (_, rank) => [(best + rank * step).toFixed(4), '1.00000']);
const BINANCE = { bids: side(59_000, -1), asks: side(61_000, 1) };
/** Changes of sizes below the top, ten levels each: what most frames are. */
const ORDINARY = Array.from({ length: 64 }, () =>
  JSON.stringify(BINANCE.bids.slice(5, 15).map(([price]) => [price, (1 + Math.random()).toFixed(5)])),
);
const OKX = {
  'BTC-USDT': { bids: side(60_000, -1), asks: side(60_001, 1) },
  'USDT-USD': { bids: side(1, -0.001), asks: side(1.001, 0.001) },
};

/** Starts them; `metadataUrl` is a running simulator, which tells what they list. */
export async function startExchanges(metadataUrl) {
  const server = createServer(async (request, response) => {
    let body;
    if (new URL(request.url, 'http://localhost').pathname.endsWith('/api/v3/depth')) {
      body = JSON.stringify({ lastUpdateId: sequences.binance, ...BINANCE });
    } else body = await (await fetch(`${metadataUrl}${request.url}`, { method: request.method })).text();
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  const readers = { binance: null, relay: null };
  const sequences = { binance: 1_000, relay: 1_000 };
  const exchanges = {
    url: '',
    /** When each frame with the paying bid left, by its sequence. */
    leftAt: new Map(),
    /** Who gets the frames: `binance`, the socket of the service, or `relay`. */
    to: 'binance',
    isPaused: true,
    close: () => {
      clearInterval(timer);
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, request) => {
    if (request.url.includes('okx')) return playOkx(socket);
    const name = request.url.includes('relay') ? 'relay' : 'binance';
    readers[name] = socket;
    socket.on('message', (data) => {
      const { method, id } = JSON.parse(data.toString());
      if (method === 'SUBSCRIBE') socket.send(JSON.stringify({ result: null, id }));
    });
  });
  /** Sends the next frame to one of both; `hasNews` where it may bring the paying bid or take it away. */
  const send = (to, hasNews) => {
    const sequence = ++sequences[to];
    const news = hasNews ? sequence % NEWS_EVERY : NaN;
    const bids = news === 0 ? PAYING_BID : news === NEWS_EVERY / 2 ? NO_BID : ORDINARY[sequence % ORDINARY.length];
    const frame = `{"e":"depthUpdate","E":${Date.now()},"s":"BTCUSDT","U":${sequence},"u":${sequence},"b":${bids},"a":[]}`;
    if (news === 0) exchanges.leftAt.set(sequence, performance.now());
    readers[to]?.send(frame);
  };
  let due = 0;
  let dueAlive = 0;
  let at = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const seconds = (now - at) / 1_000;
    at = now;
    due += exchanges.isPaused ? 0 : seconds * exchanges.framesPerSecond;
    dueAlive += exchanges.isPaused || exchanges.to === 'relay' ? seconds * KEPT_ALIVE_WITH : 0;
    for (; due >= 1; due -= 1) send(exchanges.to, true);
    for (; dueAlive >= 1; dueAlive -= 1) send('binance', false);
  }, TICK_MS);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  exchanges.url = `http://127.0.0.1:${server.address().port}`;
  return exchanges;
}

function playOkx(socket) {
  const streams = new Map();
  const send = (id, action, rows) => {
    const previous = action === 'snapshot' ? -1 : streams.get(id);
    const seqId = (streams.get(id) ?? 1_000) + 1;
    streams.set(id, seqId);
    const data = [{ ...rows, ts: String(Date.now()), checksum: 0, prevSeqId: previous, seqId }];
    socket.send(JSON.stringify({ arg: { channel: 'books', instId: id }, action, data }));
  };
  socket.on('message', (data) => {
    const text = data.toString();
    if (text === 'ping') return socket.send('pong');
    const { op, args } = JSON.parse(text);
    if (op !== 'subscribe') return;
    for (const arg of args) {
      socket.send(JSON.stringify({ event: 'subscribe', arg, connId: 'a4d3ae55' }));
      const wide = (rows) => rows.map(([price, size]) => [price, size, '0', '1']);
      const { bids, asks } = OKX[arg.instId];
      send(arg.instId, 'snapshot', { asks: wide(asks), bids: wide(bids) });
    }
  });
  // A frame without change, as the exchange sends them: the book lives.
  const timer = setInterval(() => {
    for (const id of streams.keys()) send(id, 'update', { asks: [], bids: [] });
  }, 250);
  socket.on('close', () => clearInterval(timer));
}
