import { keptLevels } from '../../src/exchanges/books/kept-levels.js';
import type { Subscription } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import { OrderBook } from '../../src/core/order-book/order-book.js';
import { SIMULATED_EXCHANGES, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { listen, MarketRig, until } from '../support/market-rig.js';
import { truthOf } from '../truth/true-books.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'BTC/USD'];
const DEPTH = 50;
/** hyperliquid lists none of these symbols, and has neither sequence nor checksum. */
const EXCHANGES = SIMULATED_EXCHANGES.filter((exchange) => exchange !== 'hyperliquid');
/** What betrays a missing or a corrupt frame where it is not the numbering. */
const MISSING_SHOWN_BY: Readonly<Record<string, string>> = { kraken: 'checksum' };
const CORRUPT_SHOWN_BY: Readonly<Record<string, string>> = {
  bitfinex: 'checksum',
  bitget: 'checksum',
  kraken: 'checksum',
};
/** Where frames are counted per connection, a missing one costs every book on it. */
const COUNTED_PER_SOCKET = ['coinbase', 'bitfinex'];

describe('the markets of every simulated exchange', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  let comparing: Subscription;
  let listed = 0;
  const untrue: string[] = [];
  const compared = new Map<string, number>();

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 11, symbols: SYMBOLS });
    rig = new MarketRig({
      exchangeGateway: simulator.url,
      exchanges: EXCHANGES,
      symbols: SYMBOLS,
      bookDepth: DEPTH,
    });
    comparing = listen(rig.feed.events$, (event) => {
      if (event.type !== 'book') return;
      const { exchange, symbol } = event.update.instrument;
      const key = `${exchange}:${symbol}`;
      const book = rig.feed.books.get(key);
      compared.set(key, (compared.get(key) ?? 0) + 1);
      if (!book || !truthOf(simulator, book, DEPTH)) untrue.push(`${key} at ${event.update.sequence ?? 'no sequence'}`);
    });
    rig.feed.start();
    await until('every exchange is live', () => rig.feed.statuses().every((status) => status.status === 'live'));
    const states = rig.feed.statuses().flatMap(({ symbols }) => symbols.map(({ state }) => state));
    listed = states.filter((state) => state === 'live').length;
  }, 30_000);

  afterAll(async () => {
    comparing.unsubscribe();
    await rig.close();
    await simulator.close();
  });

  it('shows exactly the books that the exchanges published, after every single update', async () => {
    await until('each book took 30 updates', () => [...compared.values()].every((count) => count >= 30));
    expect(listed).toBeGreaterThanOrEqual(2 * EXCHANGES.length);
    expect([...compared.keys()].length).toBe(listed);
    expect(untrue).toEqual([]);
  });

  it('tells followers enough to keep the same books', () => {
    const followed = new Map<string, OrderBook>();
    const follow = (event: MarketEvent): void => {
      if (event.type === 'bookState' && event.state !== 'live') followed.get(key(event.instrument))?.discard();
      if (event.type !== 'book') return;
      const { instrument } = event.update;
      const book = followed.get(key(instrument)) ?? new OrderBook(instrument, keptLevels(DEPTH));
      followed.set(key(instrument), book);
      book.apply(event.update);
    };
    const key = (instrument: { exchange: string; symbol: string }): string =>
      `${instrument.exchange}:${instrument.symbol}`;
    rig.events.forEach(follow);
    expect(followed.size).toBe(listed);
    for (const [name, book] of followed) {
      expect([name, book.bids.top(999)]).toEqual([name, rig.feed.books.get(name)?.bids.top(999)]);
      expect([name, book.asks.top(999)]).toEqual([name, rig.feed.books.get(name)?.asks.top(999)]);
    }
  });

  it('calls a symbol that an exchange does not list unavailable there, and stays live', () => {
    expect(rig.status('binance')).toMatchObject({ status: 'live', integrity: 'verified' });
    expect(rig.status('binance').symbols.find(({ symbol }) => symbol === 'BTC/USD')?.state).toBe('unavailable');
    expect(rig.status('kraken').symbols.find(({ symbol }) => symbol === 'BTC/USD')?.state).toBe('live');
  });

  it('estimates each clock, proves life and counts', async () => {
    await until('a rate was measured', () => rig.feed.statuses().every((status) => status.messagesPerSecond > 10));
    for (const status of rig.feed.statuses()) {
      expect(status).toMatchObject({ resyncs: 0, reconnects: 0, lastError: null });
      expect(Math.abs(status.clockOffsetMs ?? Infinity)).toBeLessThan(50);
      for (const { state, ageMs } of status.symbols) if (state === 'live') expect(ageMs).toBeLessThan(1_000);
    }
    const alive = rig.events.filter((event) => event.type === 'alive' && event.exchange === 'okx');
    const [first, last] = [alive[0]!, alive.at(-1)!] as { atMs: number }[];
    expect(alive.length / ((last!.atMs - first!.atMs) / 1_000)).toBeLessThan(4.5);
  });

  it.each(EXCHANGES)(
    'notices a dropped frame at %s and heals what it concerns, no more',
    async (exchange) => {
      const { resyncs } = rig.status(exchange);
      simulator.injectFault({ exchange, symbol: 'ETH/USDT', fault: 'drop', count: 1 });
      await until('it is noticed', () => rig.status(exchange).resyncs > resyncs);
      await until('it is healed', () => rig.status(exchange).status === 'live');
      const doubted = ['connecting', 'live', MISSING_SHOWN_BY[exchange] ?? 'sequence_gap', 'live'];
      const spared = COUNTED_PER_SOCKET.includes(exchange) ? doubted : ['connecting', 'live'];
      expect(rig.states(exchange, 'ETH/USDT')).toEqual(doubted);
      expect(rig.states(exchange, 'BTC/USDT')).toEqual(spared);
      expect(untrue).toEqual([]);
    },
    30_000,
  );

  it.each(EXCHANGES)(
    'notices a corrupt frame at %s and heals',
    async (exchange) => {
      const { resyncs } = rig.status(exchange);
      simulator.injectFault({ exchange, symbol: 'BTC/USDT', fault: 'corrupt', count: 1 });
      await until('it is noticed', () => rig.status(exchange).resyncs > resyncs);
      await until('it is healed', () => rig.status(exchange).status === 'live');
      const reason = CORRUPT_SHOWN_BY[exchange] ?? 'sequence_gap';
      expect(rig.states(exchange, 'BTC/USDT').slice(-2)).toEqual([reason, 'live']);
      expect(untrue).toEqual([]);
    },
    30_000,
  );

  it.each(EXCHANGES)(
    'opens a killed socket of %s again while the others go on',
    async (exchange) => {
      const others = rig.feed.statuses().filter(({ id }) => id !== exchange);
      const { reconnects: before } = rig.status(exchange);
      simulator.injectFault({ exchange, fault: 'kill' });
      await until('it fell', () => rig.status(exchange).status === 'down');
      expect(rig.feed.books.get(`${exchange}:BTC/USDT`)?.isUsable).toBe(false);
      await until('it is back', () => rig.status(exchange).status === 'live');
      expect(rig.status(exchange).lastError?.code).toBe('disconnected');
      expect(rig.status(exchange).reconnects).toBeGreaterThan(before);
      expect(rig.states(exchange, 'BTC/USDT').slice(-2)).toEqual(['disconnected', 'live']);
      for (const { id, reconnects } of others) expect(rig.status(id)).toMatchObject({ status: 'live', reconnects });
      expect(untrue).toEqual([]);
    },
    30_000,
  );

  it('does not trust books that stopped while the socket still answers pings', async () => {
    const { updates } = rig.status('kraken');
    simulator.injectFault({ exchange: 'kraken', fault: 'freeze', durationMs: 7_000 });
    await until('kraken is distrusted', () => rig.states('kraken', 'BTC/USD').includes('silent'));
    await until('kraken moves again', () => rig.status('kraken').updates > updates + 30, 30_000);
    await until('kraken is live', () => rig.status('kraken').status === 'live');
    expect(untrue).toEqual([]);
  }, 45_000);

  it('asks anew for one book that stopped while the others on its socket go on', async () => {
    const spared = rig.states('okx', 'BTC/USD');
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'freeze', durationMs: 6_500 });
    await until('the book is distrusted', () => rig.states('okx', 'BTC/USDT').at(-2) === 'silent');
    await until('okx is live', () => rig.status('okx').status === 'live');
    expect(rig.states('okx', 'BTC/USD')).toEqual(spared);
  }, 30_000);
});
