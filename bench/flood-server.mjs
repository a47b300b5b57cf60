// Sends paced order-book frames in the wire formats of four exchanges, for the ingest benchmark only. Run as a process
// of its own, so that its work is not counted. Prints its address once it listens; ends with its parent.
// Arguments: metadataUrl (a running simulator) levels framesPerSecond
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [metadataUrl, levelsText, rateText] = process.argv.slice(2);
const LEVELS = Number(levelsText);
const FRAMES_PER_SECOND = Number(rateText);
const BOOK_LEVELS = 500;
const TICK_MS = 2;
/** The most frames a run may ask for: the load ends by itself. */
const MAX_FRAMES = 2_000_000;

const priceOf = (side, rank) => (side === 'bid' ? 60_000 - rank : 60_001 + rank).toFixed(2);
const pick = (n) => Math.floor(Math.random() * n);

/** Changed rows near the top: mostly new sizes, some removals, never of the best price, so that no side runs empty. */
function rows(side, count) {
  const ranks = new Set();
  while (ranks.size < count) ranks.add(pick(30));
  return [...ranks].map((rank) => [
    priceOf(side, rank),
    rank > 0 && pick(5) === 0 ? '0' : (1 + Math.random()).toFixed(5),
  ]);
}
const BODIES = Array.from({ length: 512 }, () => {
  const bids = rows('bid', Math.ceil(LEVELS / 2));
  const asks = rows('ask', Math.floor(LEVELS / 2));
  return { bids: JSON.stringify(bids), asks: JSON.stringify(asks), bidRows: bids, askRows: asks };
});
const fullSide = (side, size = '1.00000') =>
  Array.from({ length: BOOK_LEVELS }, (_, rank) => [priceOf(side, rank), size]);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
function crc32(text) {
  let crc = ~0;
  for (let i = 0; i < text.length; i++) crc = CRC_TABLE[(crc ^ text.charCodeAt(i)) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Kraken's checksum wants the true top ten of each side, so its sizes are kept and nothing is removed. */
class KrakenBook {
  bids = new Array(BOOK_LEVELS).fill(1);
  asks = new Array(BOOK_LEVELS).fill(1);
  change(side) {
    const sizes = side === 'bid' ? this.bids : this.asks;
    const ranks = new Set();
    while (ranks.size < LEVELS / 2) ranks.add(pick(30));
    return [...ranks].map((rank) => {
      sizes[rank] = Number((1 + Math.random()).toFixed(5));
      return { price: Number(priceOf(side, rank)), qty: sizes[rank] };
    });
  }
  checksum() {
    const part = (number, decimals) => number.toFixed(decimals).replace('.', '').replace(/^0+/, '');
    let text = '';
    for (const [side, sizes] of [
      ['ask', this.asks],
      ['bid', this.bids],
    ]) {
      for (let rank = 0; rank < 10; rank++) text += part(Number(priceOf(side, rank)), 1) + part(sizes[rank], 8);
    }
    return crc32(text);
  }
}

/** Per exchange: how a subscribe is answered, and the next frame of a stream. */
const WIRES = {
  binance: {
    subscribe(message, send, start) {
      if (message.method !== 'SUBSCRIBE') return;
      send(JSON.stringify({ result: null, id: message.id }));
      for (const stream of message.params) start(stream.split('@')[0].toUpperCase());
    },
    frame(stream, body) {
      const now = Date.now();
      const first = ++stream.sequence;
      return `{"e":"depthUpdate","E":${now},"s":"${stream.id}","U":${first},"u":${first},"b":${body.bids},"a":${body.asks}}`;
    },
  },
  okx: {
    subscribe(message, send, start) {
      if (message.op !== 'subscribe') return;
      for (const arg of message.args) {
        send(JSON.stringify({ event: 'subscribe', arg, connId: 'a4d3ae55' }));
        start(arg.instId, arg.channel);
      }
    },
    snapshot(stream) {
      const wide = (side) =>
        fullSide(side)
          .slice(0, 400)
          .map(([price, size]) => [price, size, '0', '1']);
      const data = [
        {
          asks: wide('ask'),
          bids: wide('bid'),
          ts: String(Date.now()),
          checksum: 0,
          prevSeqId: -1,
          seqId: stream.sequence,
        },
      ];
      return JSON.stringify({ arg: { channel: stream.channel, instId: stream.id }, action: 'snapshot', data });
    },
    frame(stream, body) {
      const previous = stream.sequence++;
      const wide = (list) => JSON.stringify(list.map(([price, size]) => [price, size, '0', '1']));
      body.okxBids ??= wide(body.bidRows);
      body.okxAsks ??= wide(body.askRows);
      return `{"arg":{"channel":"${stream.channel}","instId":"${stream.id}"},"action":"update","data":[{"asks":${body.okxAsks},"bids":${body.okxBids},"ts":"${Date.now()}","checksum":0,"prevSeqId":${previous},"seqId":${stream.sequence}}]}`;
    },
  },
  bybit: {
    subscribe(message, send, start) {
      if (message.op === 'ping') send(JSON.stringify({ success: true, ret_msg: 'pong', op: 'ping' }));
      if (message.op !== 'subscribe') return;
      send(JSON.stringify({ success: true, ret_msg: 'subscribe', req_id: message.req_id, op: 'subscribe' }));
      for (const topic of message.args) start(topic.split('.')[2], topic);
    },
    snapshot(stream) {
      const depth = Number(stream.channel.split('.')[1]);
      const data = {
        s: stream.id,
        b: fullSide('bid').slice(0, depth),
        a: fullSide('ask').slice(0, depth),
        u: stream.sequence,
        seq: 1,
      };
      return JSON.stringify({ topic: stream.channel, type: 'snapshot', ts: Date.now(), data, cts: Date.now() });
    },
    frame(stream, body) {
      const now = Date.now();
      return `{"topic":"${stream.channel}","type":"delta","ts":${now},"data":{"s":"${stream.id}","b":${body.bids},"a":${body.asks},"u":${++stream.sequence},"seq":${stream.sequence}},"cts":${now}}`;
    },
  },
  kraken: {
    subscribe(message, send, start) {
      if (message.method === 'ping') send(JSON.stringify({ method: 'pong', req_id: message.req_id }));
      if (message.method !== 'subscribe') return;
      for (const symbol of message.params.symbol) {
        const result = { channel: 'book', depth: message.params.depth ?? 10, snapshot: true, symbol };
        send(JSON.stringify({ method: 'subscribe', req_id: message.req_id, result, success: true }));
        start(symbol, result.depth);
      }
    },
    snapshot(stream) {
      stream.book = new KrakenBook();
      const side = (name) =>
        fullSide(name)
          .slice(0, stream.channel)
          .map(([price]) => ({ price: Number(price), qty: 1 }));
      const data = [
        {
          symbol: stream.id,
          bids: side('bid'),
          asks: side('ask'),
          checksum: stream.book.checksum(),
          timestamp: new Date().toISOString(),
        },
      ];
      return JSON.stringify({ channel: 'book', type: 'snapshot', data });
    },
    frame(stream) {
      const data = [
        {
          symbol: stream.id,
          bids: stream.book.change('bid'),
          asks: stream.book.change('ask'),
          checksum: stream.book.checksum(),
          timestamp: new Date().toISOString(),
        },
      ];
      return JSON.stringify({ channel: 'book', type: 'update', data });
    },
  },
};
const HOSTS = [
  ['binance', /binance/],
  ['okx', /okx/],
  ['bybit', /bybit/],
  ['kraken', /kraken/],
];
const wireOf = (url) => HOSTS.find(([, host]) => host.test(url))?.[0];

/** Sequences outlive a socket, since binance's REST snapshot is asked for apart from it. */
const sequences = new Map();

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

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.endsWith('/api/v3/exchangeInfo')) return answer(200, JSON.stringify(exchangeInfo()));
  if (url.pathname.endsWith('/api/v3/depth')) {
    const lastUpdateId = sequences.get(url.searchParams.get('symbol')) ?? 0;
    return answer(200, JSON.stringify({ lastUpdateId, bids: fullSide('bid'), asks: fullSide('ask') }));
  }
  const upstream = await fetch(`${metadataUrl}${request.url}`, { method: request.method });
  answer(upstream.status, await upstream.text());
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const name = wireOf(request.url);
  const wire = WIRES[name];
  const streams = [];
  let due = 0;
  let sent = 0;
  let at = performance.now();
  const start = (id, channel) => {
    const stream = { id, channel, sequence: sequences.get(id) ?? 1_000 };
    if (wire.snapshot) socket.send(wire.snapshot(stream));
    streams.push(stream);
  };
  socket.on('message', (data) => {
    const text = data.toString();
    if (text === 'ping') return socket.send('pong');
    wire.subscribe(JSON.parse(text), (reply) => socket.send(reply), start);
  });
  const timer = setInterval(() => {
    const now = performance.now();
    due += streams.length === 0 ? 0 : ((now - at) / 1_000) * FRAMES_PER_SECOND;
    at = now;
    // A reader that cannot keep up is not flooded further: frames wait, none is lost.
    if (socket.bufferedAmount > 4_000_000) due = Math.min(due, 1);
    for (; due >= 1 && sent < MAX_FRAMES; due -= 1) {
      const stream = streams[sent % streams.length];
      socket.send(wire.frame(stream, BODIES[sent % BODIES.length]));
      if (name === 'binance') sequences.set(stream.id, stream.sequence);
      sent += 1;
    }
  }, TICK_MS);
  socket.on('close', () => clearInterval(timer));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('disconnect', () => process.exit(0));
