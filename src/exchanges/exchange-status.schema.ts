const nullable = (type: string, description: string): object => ({ type, nullable: true, description });

const SYMBOL_SCHEMA = {
  type: 'object',
  required: ['symbol', 'state', 'ageMs', 'quietMs', 'sequence', 'bestBid', 'bestAsk'],
  properties: {
    symbol: { type: 'string', example: 'BTC/USDT' },
    state: { type: 'string', enum: ['live', 'resyncing', 'stale', 'unavailable'] },
    ageMs: nullable('number', 'since the last proof of life of its connection'),
    quietMs: nullable('number', 'since the book last changed; a quiet book is not a stale one'),
    sequence: nullable('number', "the exchange's own counter"),
    bestBid: nullable('number', 'quote per base'),
    bestAsk: nullable('number', 'quote per base'),
  },
};

const FAULT_SCHEMA = {
  type: 'object',
  nullable: true,
  required: ['code', 'message', 'host', 'atMs', 'untilMs'],
  properties: {
    code: { type: 'string', example: 'unreachable' },
    message: { type: 'string' },
    host: nullable('string', 'the host that was called'),
    atMs: { type: 'number', description: 'epoch milliseconds' },
    untilMs: nullable('number', 'until when the exchange wants no calls, epoch milliseconds'),
  },
};

const EXCHANGE_SCHEMA = {
  type: 'object',
  required: ['id', 'status', 'integrity', 'clockOffsetMs', 'messagesPerSecond', 'updates', 'resyncs', 'symbols'],
  properties: {
    id: { type: 'string', example: 'kraken' },
    status: { type: 'string', enum: ['connecting', 'live', 'degraded', 'down'] },
    integrity: { type: 'string', enum: ['verified', 'unverified'] },
    clockOffsetMs: nullable('number', 'our clock minus theirs, least network delay included'),
    messagesPerSecond: { type: 'number' },
    updates: { type: 'number', description: 'book updates since the start' },
    resyncs: { type: 'number', description: 'books thrown away since the start' },
    reconnects: { type: 'number', description: 'sockets opened again since the start' },
    sequenceBreaks: { type: 'number', description: "breaks of the exchange's own numbering since the start" },
    strayFaults: { type: 'number', description: "faults inside the exchange's client that nobody awaited" },
    lastError: FAULT_SCHEMA,
    symbols: { type: 'array', items: SYMBOL_SCHEMA },
  },
};

/** OpenAPI schema of the answer of `GET /v1/exchanges`. */
export const EXCHANGE_LIST_SCHEMA = {
  type: 'object',
  required: ['data', 'nextCursor', 'hasMore'],
  properties: {
    data: { type: 'array', items: EXCHANGE_SCHEMA },
    nextCursor: nullable('string', 'always null: the list is whole'),
    hasMore: { type: 'boolean' },
  },
};
