import { describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import { BookRegistry } from '../../core/order-book/book-registry.js';
import { RemoteExchange } from './remote-exchange.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const snapshot = (receivedAtMs: number): MarketEvent => ({
  type: 'book',
  update: {
    v: 1,
    instrument,
    kind: 'snapshot',
    bids: [10, 1],
    asks: [11, 1],
    sequence: 3,
    exchangeTimeMs: null,
    receivedAtMs,
  },
});
const told = (changed: Partial<ExchangeStatus>): ExchangeStatus => ({
  id: 'okx',
  status: 'live',
  integrity: 'verified',
  clockOffsetMs: 1,
  messagesPerSecond: 5,
  messages: 70,
  updates: 100,
  resyncs: 2,
  reconnects: 1,
  sequenceBreaks: 4,
  strayFaults: 5,
  lastError: null,
  symbols: [],
  ...changed,
});
const fault = {
  code: 'worker_lost',
  message: 'the worker of this exchange ended',
  host: null,
  atMs: 2_000,
  untilMs: null,
};

function setUp() {
  const registry = new BookRegistry(100);
  const exchange = new RemoteExchange('okx', registry, 1_000);
  exchange.take({ type: 'bookState', instrument, state: 'resyncing', reason: 'connecting', atMs: 1 });
  exchange.take(snapshot(1_000));
  exchange.take({ type: 'bookState', instrument, state: 'live', reason: null, atMs: 1_000 });
  const nope = { exchange: 'okx', symbol: 'NOPE/USDT' };
  exchange.take({ type: 'bookState', instrument: nope, state: 'unavailable', reason: 'not_listed', atMs: 1 });
  exchange.takeStatus(told({}));
  return { registry, exchange };
}

describe('RemoteExchange', () => {
  it('shows the book as of the event, and its ages by what was told since', () => {
    const { registry, exchange } = setUp();
    expect(registry.get('okx:BTC/USDT')?.asks.price(0)).toBe(11);
    exchange.take({ type: 'alive', exchange: 'okx', symbols: ['BTC/USDT'], atMs: 1_400 });
    const [status] = exchange.status(1_500).symbols;
    expect(status).toEqual({
      symbol: 'BTC/USDT',
      state: 'live',
      ageMs: 100,
      quietMs: 500,
      sequence: 3,
      bestBid: 10,
      bestAsk: 11,
    });
    expect(exchange.status(2_500).symbols[0]?.state).toBe('stale');
  });

  it('throws its books away with the reason when its worker is lost, and leaves unlisted ones so', () => {
    const { registry, exchange } = setUp();
    expect(exchange.lost(fault.message, fault.atMs)).toEqual([
      { type: 'bookState', instrument, state: 'resyncing', reason: 'worker_lost', atMs: 2_000 },
      { type: 'exchange', exchange: 'okx', state: 'down', clockOffsetMs: 1, atMs: 2_000 },
    ]);
    expect(registry.get('okx:BTC/USDT')?.isUsable).toBe(false);
    const status = exchange.status(2_000);
    expect(status).toMatchObject({ status: 'down', lastError: fault, updates: 100, resyncs: 3, reconnects: 1 });
    expect(status.symbols.map(({ state }) => state)).toEqual(['resyncing', 'unavailable']);
  });

  it('takes balances back when its worker is lost, since the next may find no key', () => {
    const { exchange } = setUp();
    for (const [asset, free] of [
      ['BTC', 1],
      ['USDT', 2],
      ['USDT', null],
    ] as const) {
      exchange.take({ type: 'balance', exchange: 'okx', asset, free, atMs: 1_500 });
    }
    const balances = (): MarketEvent[] =>
      exchange.lost(fault.message, fault.atMs).filter(({ type }) => type === 'balance');
    expect(balances()).toEqual([{ type: 'balance', exchange: 'okx', asset: 'BTC', free: null, atMs: 2_000 }]);
    expect(balances()).toEqual([]);
  });

  it('forgets a symbol that is watched no more, by the word of its worker or without one', () => {
    const { registry, exchange } = setUp();
    const removed = { type: 'bookState', instrument, state: 'unavailable', reason: 'removed', atMs: 2_000 } as const;
    expect(exchange.forget(new Set(['NOPE/USDT']), 2_000)).toEqual([removed]);
    expect(registry.get('okx:BTC/USDT')).toBeUndefined();
    exchange.take({ ...removed, instrument: { exchange: 'okx', symbol: 'NOPE/USDT' } });
    exchange.take({ type: 'alive', exchange: 'okx', symbols: ['BTC/USDT'], atMs: 2_100 });
    expect(exchange.status(2_100).symbols).toEqual([]);
  });

  it('counts on where the worker before it ended', () => {
    const { exchange } = setUp();
    exchange.lost(fault.message, fault.atMs);
    exchange.takeStatus(told({ updates: 7, resyncs: 0, reconnects: 0 }));
    expect(exchange.status(3_000)).toMatchObject({ status: 'live', updates: 107, resyncs: 3, lastError: fault });
    expect(exchange.status(3_000)).toMatchObject({ reconnects: 1, sequenceBreaks: 8, strayFaults: 10 });
  });
});
