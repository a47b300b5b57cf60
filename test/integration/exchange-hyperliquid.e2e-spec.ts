import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { listen, MarketRig, until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDC', 'ETH/USDC'];
const DEPTH = 20;
const MOST_BACK = 30;

describe('the market of hyperliquid', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  const untrue: string[] = [];
  const status = (): ReturnType<MarketRig['status']> => rig.status('hyperliquid');

  // Frames carry no sequence: the book must be one of those published in the last steps, level by level.
  const compare = (event: MarketEvent): void => {
    if (event.type !== 'book') return;
    const { symbol } = event.update.instrument;
    const book = rig.feed.books.get(`hyperliquid:${symbol}`);
    const shown = JSON.stringify([book?.bids.top(999), book?.asks.top(999)]);
    const { sequence = 0 } = simulator.book('hyperliquid', symbol) ?? {};
    const isTrue = Array.from({ length: MOST_BACK }, (_, back) => {
      const truth = simulator.book('hyperliquid', symbol, sequence - back);
      return JSON.stringify([truth?.bids.slice(0, DEPTH), truth?.asks.slice(0, DEPTH)]) === shown;
    }).includes(true);
    if (!isTrue) untrue.push(`${symbol} at ${event.update.receivedAtMs}`);
  };

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 11, symbols: SYMBOLS });
    rig = new MarketRig({
      exchangeGateway: simulator.url,
      exchanges: ['hyperliquid'],
      symbols: [...SYMBOLS, 'BTC/USDT'],
    });
    listen(rig.feed.events$, compare);
    rig.feed.start();
    await until('it is live', () => status().status === 'live');
  });

  afterAll(async () => {
    await rig.close();
    await simulator.close();
  });

  it('shows exactly the books that were published, after every single update', async () => {
    await until('twelve updates came', () => status().updates >= 12);
    expect(untrue).toEqual([]);
    expect(status()).toMatchObject({ integrity: 'verified', resyncs: 0, reconnects: 0, lastError: null });
    expect(rig.states('hyperliquid', 'BTC/USDT')).toEqual(['connecting', 'not_listed']);
  });

  it('makes a lost frame good with the next one', async () => {
    const { updates } = status();
    simulator.injectFault({ exchange: 'hyperliquid', symbol: 'BTC/USDC', fault: 'drop', count: 5 });
    await until('six more updates came', () => status().updates >= updates + 6);
    expect(untrue).toEqual([]);
    expect(status()).toMatchObject({ status: 'live', resyncs: 0 });
  });

  it('opens a killed socket again', async () => {
    simulator.injectFault({ exchange: 'hyperliquid', fault: 'kill' });
    await until('it fell', () => status().status === 'down');
    expect(rig.feed.books.get('hyperliquid:BTC/USDC')?.isUsable).toBe(false);
    await until('it is back', () => status().status === 'live');
    expect(status()).toMatchObject({ reconnects: 1, lastError: { code: 'disconnected' } });
    for (const symbol of SYMBOLS) expect(rig.states('hyperliquid', symbol).slice(-2)).toEqual(['disconnected', 'live']);
    expect(untrue).toEqual([]);
  });
});
