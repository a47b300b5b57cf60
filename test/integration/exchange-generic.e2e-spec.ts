import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import { BookRegistry } from '../../src/core/order-book/book-registry.js';
import { BookDesk } from '../../src/exchanges/books/book-desk.js';
import { GenericBooks } from '../../src/exchanges/ccxt/books/generic-books.js';
import type { CcxtExchange } from '../../src/exchanges/ccxt/instance/ccxt-instance.js';
import { createInstance, keepMarkets } from '../../src/exchanges/ccxt/instance/create-instance.js';
import { ExchangeMonitor } from '../../src/exchanges/supervision/exchange-monitor.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

describe("the generic way, through ccxt's own books", () => {
  let simulator: Simulator;
  let exchange: CcxtExchange;
  let books: GenericBooks;
  const clock = new SystemClock();
  const events: MarketEvent[] = [];
  const registry = new BookRegistry(200);
  const desk = new BookDesk('okx', registry, 20, (event) => events.push(event));
  const monitor = new ExchangeMonitor(
    desk,
    3_000,
    (event) => events.push(event),
    () => undefined,
  );
  const state = (): string => monitor.status(clock.nowMs()).status;
  const reasons = (symbol: string): string[] =>
    events.flatMap((event) =>
      event.type === 'bookState' && event.instrument.symbol === symbol ? [event.reason ?? event.state] : [],
    );

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    exchange = createInstance({ exchange: 'okx', gateway: simulator.url, keepAliveMs: 1_200 });
    keepMarkets(exchange, new Set(SYMBOLS));
    const markets = await exchange.loadMarkets();
    const gate = new RestGate(clock, () => undefined);
    const context = { exchange, host: 'ws.okx.com', depth: 20, desk, monitor, clock, silentAfterMs: 6_000, gate };
    books = new GenericBooks(context);
    const unit = { factor: 1, isInverse: false };
    books.add(SYMBOLS.map((symbol) => ({ line: desk.open(symbol, clock.nowMs()), market: markets[symbol]!, unit })));
    await until('both books are live', () => state() === 'live');
  });

  afterAll(async () => {
    books.stop();
    await exchange.close();
    await simulator.close();
  });

  it('tells every update as a snapshot of the best levels', async () => {
    const updates = (): number => events.filter((event) => event.type === 'book').length;
    const before = updates();
    await until('20 more updates came', () => updates() >= before + 20);
    const event = events.filter((told) => told.type === 'book').at(-1);
    expect(event?.update).toMatchObject({ kind: 'snapshot', exchangeTimeMs: expect.any(Number) });
    expect(event?.update.bids).toHaveLength(40);
    for (const symbol of SYMBOLS) {
      const truth = simulator.book('okx', symbol, registry.get(`okx:${symbol}`)?.sequence ?? undefined);
      expect(registry.get(`okx:${symbol}`)?.asks.top(20)).toEqual(truth?.asks.slice(0, 20));
    }
  });

  it('does not take a book that says the same again for one that changed', () => {
    const updates = (): number => events.filter((event) => event.type === 'book').length;
    const before = updates();
    const [client] = Object.values(exchange.clients);
    client?.resolve(exchange.orderbooks['BTC/USDT'], 'repeated');
    expect(client).toBeDefined();
    expect(updates()).toBe(before);
  });

  it('drops the book at an error that ccxt notices, and heals', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'drop' });
    await until('it was noticed', () => reasons('BTC/USDT').includes('feed_error'));
    await until('both books are live', () => state() === 'live');
    expect(reasons('BTC/USDT').at(-1)).toBe('live');
  }, 30_000);

  it('comes back after a killed socket', async () => {
    simulator.injectFault({ exchange: 'okx', fault: 'kill' });
    await until('it was noticed', () => reasons('ETH/USDT').at(-1) === 'disconnected');
    await until('both books are live', () => state() === 'live');
  }, 30_000);
});
