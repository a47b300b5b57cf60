// The depth frames of five exchanges for the flood server: how a subscribe is answered, the snapshot, and changes for ever.
const BOOK_LEVELS = 500;

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
/** Changes of so many levels, to be sent in turn. */
export const bodiesOf = (levels) =>
  Array.from({ length: 512 }, () => {
    const bids = rows('bid', Math.ceil(levels / 2));
    const asks = rows('ask', Math.floor(levels / 2));
    return { bids: JSON.stringify(bids), asks: JSON.stringify(asks), bidRows: bids, askRows: asks };
  });
/** One side of a whole book, best first. */
export const fullSide = (side, size = '1.00000') =>
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
  constructor(levels) {
    this.changed = levels / 2;
  }
  bids = new Array(BOOK_LEVELS).fill(1);
  asks = new Array(BOOK_LEVELS).fill(1);
  change(side) {
    const sizes = side === 'bid' ? this.bids : this.asks;
    const ranks = new Set();
    while (ranks.size < this.changed) ranks.add(pick(30));
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
export const WIRES = {
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
      stream.book = new KrakenBook(stream.levels);
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
  gate: {
    subscribe(message, send, start) {
      const { channel, event, id, payload } = message;
      if (channel === 'spot.ping') send(JSON.stringify({ channel: 'spot.pong', event: '', result: null }));
      if (event !== 'subscribe') return;
      send(JSON.stringify({ time: 1, id, channel, event, payload, result: { status: 'success' } }));
      for (const name of payload) start(name, Number(name.split('.')[2]));
    },
    snapshot(stream) {
      const side = (name) => fullSide(name).slice(0, stream.channel);
      const result = { t: Date.now(), full: true, s: stream.id, u: stream.sequence, b: side('bid'), a: side('ask') };
      return JSON.stringify({ channel: 'spot.obu', result, time_ms: Date.now(), event: 'update' });
    },
    frame(stream, body) {
      const now = Date.now();
      const next = ++stream.sequence;
      return `{"channel":"spot.obu","result":{"t":${now},"s":"${stream.id}","u":${next},"U":${next},"b":${body.bids},"a":${body.asks}},"time_ms":${now},"event":"update"}`;
    },
  },
};
