import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { UnknownExchangeError } from '../../src/exchanges/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { MarketRig, until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

describe('exchanges in trouble', () => {
  let rig: MarketRig | undefined;
  let simulator: Simulator | undefined;
  const stray: unknown[] = [];
  const onStray = (reason: unknown): void => {
    stray.push(reason);
  };

  const open = (raw: object): MarketRig => {
    process.on('unhandledRejection', onStray);
    rig = new MarketRig({ symbols: SYMBOLS, ...raw });
    return rig;
  };

  afterEach(async () => {
    await rig?.close();
    await simulator?.close();
    process.off('unhandledRejection', onStray);
    rig = simulator = undefined;
    expect(stray.splice(0)).toEqual([]);
  });

  it('says which host cannot be reached, stays up, and connects when it can', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await new Promise((resolve) => taken.close(resolve));
    const markets = open({ exchangeGateway: `http://127.0.0.1:${port}`, exchanges: ['okx', 'kraken'] });
    markets.feed.start();
    expect(markets.status('okx').status).toBe('connecting');
    await until('both are down', () => markets.feed.statuses().every(({ status }) => status === 'down'));
    expect(markets.status('okx').lastError).toMatchObject({ code: 'unreachable', host: 'www.okx.com' });
    expect(markets.status('kraken').lastError).toMatchObject({ code: 'unreachable', host: 'api.kraken.com' });
    simulator = await startSimulator({ port, symbols: SYMBOLS });
    await until('both are live', () => markets.feed.statuses().every(({ status }) => status === 'live'), 20_000);
  }, 30_000);

  it('keeps trouble with REST and refused sockets to the exchange that has it', async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    const markets = open({ exchangeGateway: simulator.url, exchanges: ['binance', 'bybit'] });
    simulator.injectFault({ exchange: 'binance', fault: 'restFail', durationMs: 1_500 });
    markets.feed.start();
    await until('bybit is live', () => markets.status('bybit').status === 'live');
    expect(markets.status('binance').status).not.toBe('live');
    await until('binance is live', () => markets.status('binance').status === 'live');

    simulator.injectFault({ exchange: 'bybit', fault: 'refuse', durationMs: 1_000 });
    simulator.injectFault({ exchange: 'bybit', fault: 'kill' });
    await until('bybit is refused', () => markets.status('bybit').lastError?.code === 'unreachable');
    expect(markets.status('bybit').status).toBe('down');
    expect(markets.status('binance').status).toBe('live');
    await until('bybit is live again', () => markets.status('bybit').status === 'live');
  }, 40_000);

  it('comes back where the address of the socket itself could not be asked for', async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    const markets = open({ exchangeGateway: simulator.url, exchanges: ['kucoin'] });
    markets.feed.start();
    await until('kucoin is live', () => markets.status('kucoin').status === 'live');
    simulator.injectFault({ exchange: 'kucoin', fault: 'restFail', durationMs: 1_500 });
    simulator.injectFault({ exchange: 'kucoin', fault: 'kill' });
    await until('its address cannot be had', () => markets.status('kucoin').lastError?.code === 'unreachable');
    expect(markets.status('kucoin')).toMatchObject({ status: 'down' });
    await until('kucoin is live again', () => markets.status('kucoin').status === 'live');
    expect(markets.status('kucoin').reconnects).toBe(1);
  }, 30_000);

  it('answers the heartbeats without which cryptocom hangs up after seven seconds', async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    const markets = open({ exchangeGateway: simulator.url, exchanges: ['cryptocom'] });
    markets.feed.start();
    // Two books that change ten times a second each.
    await until('ten seconds of updates came', () => markets.status('cryptocom').updates >= 200, 30_000);
    expect(markets.status('cryptocom')).toMatchObject({ status: 'live', reconnects: 0, lastError: null });
  }, 40_000);

  it('asks again for a depth snapshot that failed', async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    const markets = open({ exchangeGateway: simulator.url, exchanges: ['binance'] });
    markets.feed.start();
    await until('binance is live', () => markets.status('binance').status === 'live');
    // A 503 would be told as the maintenance that it speaks of, and asked about seldom.
    simulator.injectFault({ exchange: 'binance', fault: 'restFail', status: 500, durationMs: 60_000 });
    simulator.injectFault({ exchange: 'binance', symbol: 'BTC/USDT', fault: 'drop' });
    await until('the snapshot failed', () => markets.status('binance').lastError?.code === 'snapshot_failed');
    expect(markets.status('binance').status).toBe('degraded');
    simulator.injectFault({ exchange: 'binance', fault: 'clear' });
    await until('binance is live again', () => markets.status('binance').status === 'live');
    expect(markets.states('binance', 'ETH/USDT')).toEqual(['connecting', 'live']);
  });

  it.each([0, 5, 20, 60, 150, 400, 900])(
    'closes %p ms after the start within a second, with nothing left',
    async (afterMs) => {
      simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
      const markets = open({
        exchangeGateway: simulator.url,
        exchanges: ['binance', 'okx', 'bybit', 'kraken'],
      });
      const startedAt = performance.now();
      markets.feed.start();
      await until('the moment has come', () => performance.now() - startedAt >= afterMs);
      const closingAt = performance.now();
      await markets.close();
      expect(performance.now() - closingAt).toBeLessThan(1_000);
      const told = markets.events.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(markets.events.length).toBe(told);
    },
  );

  it('refuses exchanges that do not exist before anything starts', () => {
    expect(() => new MarketRig({ exchanges: ['binance', 'krakn'] })).toThrow(UnknownExchangeError);
  });
});
