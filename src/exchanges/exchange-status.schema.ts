import { exact, type SchemaObject, wholeListOf } from '../platform/http/index.js';

const nullable = (type: string, description: string): SchemaObject => ({ type: [type, 'null'], description });

const SYMBOL_SCHEMA = exact({
  symbol: { type: 'string', example: 'BTC/USDT' },
  state: { type: 'string', enum: ['live', 'resyncing', 'stale', 'unavailable'] },
  ageMs: nullable('number', 'since the last proof of life of its connection'),
  quietMs: nullable('number', 'since the book last changed; a quiet book is not a stale one'),
  sequence: nullable('number', "the exchange's own counter"),
  bestBid: nullable('number', 'quote per base'),
  bestAsk: nullable('number', 'quote per base'),
});

const FAULT_SCHEMA: SchemaObject = {
  ...exact({
    code: { type: 'string', example: 'unreachable' },
    message: { type: 'string' },
    host: nullable('string', 'the host that was called'),
    atMs: { type: 'number', description: 'epoch milliseconds' },
    untilMs: nullable('number', 'until when the exchange wants no calls, epoch milliseconds'),
  }),
  type: ['object', 'null'],
};

const EXCHANGE_SCHEMA = exact({
  id: { type: 'string', example: 'kraken' },
  status: { type: 'string', enum: ['connecting', 'live', 'degraded', 'down'] },
  integrity: { type: 'string', enum: ['verified', 'unverified'] },
  clockOffsetMs: nullable('number', 'our clock minus theirs, least network delay included'),
  messagesPerSecond: { type: 'number' },
  messages: { type: 'number', description: 'frames received since the start' },
  updates: { type: 'number', description: 'book updates since the start' },
  resyncs: { type: 'number', description: 'books thrown away since the start' },
  reconnects: { type: 'number', description: 'sockets opened again since the start' },
  sequenceBreaks: { type: 'number', description: "breaks of the exchange's own numbering since the start" },
  strayFaults: { type: 'number', description: "faults inside the exchange's client that nobody awaited" },
  lastError: FAULT_SCHEMA,
  symbols: { type: 'array', items: SYMBOL_SCHEMA },
});

/** OpenAPI schema of the answer of `GET /v1/exchanges`. */
export const EXCHANGE_LIST_SCHEMA = wholeListOf(EXCHANGE_SCHEMA);

const POINT_SCHEMA = exact({
  atMs: { type: 'number', description: 'epoch milliseconds' },
  status: { type: 'string', enum: ['connecting', 'live', 'degraded', 'down'] },
  integrity: { type: 'string', enum: ['verified', 'unverified'] },
  liveBooks: { type: 'number', description: 'books that could be used' },
  ageMs: nullable('number', 'since the last proof of life, median of live books'),
  latencyMs: nullable('number', 'how much later than its quickest frames the newest ones came, median of live books'),
  clockOffsetMs: nullable('number', 'our clock minus theirs, least network delay included'),
  messagesPerSecond: { type: 'number' },
  resyncs: { type: 'number', description: 'books thrown away since the start' },
  reconnects: { type: 'number', description: 'sockets opened again since the start' },
});

/** OpenAPI schema of the answer of `GET /v1/exchanges/{id}/history`. */
export const EXCHANGE_HISTORY_SCHEMA = wholeListOf(POINT_SCHEMA);
