import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReadonlyOrderBook } from '../../src/core/order-book/order-book.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { MarketRig, until } from '../support/market-rig.js';

describe('two pairs of coinbase that share a book', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  const symbols = ['BTC/USD', 'BTC/USDC', 'ETH/USDC'];
  const top = (book: ReadonlyOrderBook | undefined): object => [book?.bids.top(50), book?.asks.top(50)];

  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: 3 });
    rig = new MarketRig({ exchangeGateway: simulator.url, exchanges: ['coinbase'], symbols });
    rig.feed.start();
    await until('coinbase is live', () => rig.status('coinbase').status === 'live');
  });

  afterEach(async () => {
    await rig.close();
    await simulator.close();
  });

  it('both show it, each under its own name', async () => {
    await until('forty updates came', () => rig.status('coinbase').updates > 40);
    const [usd, usdc] = ['BTC/USD', 'BTC/USDC'].map((symbol) => rig.feed.books.get(`coinbase:${symbol}`));
    expect(usdc?.instrument.symbol).toBe('BTC/USDC');
    expect(top(usdc)).toEqual(top(usd));
    const updates = rig.events.flatMap((event) => (event.type === 'book' ? [event.update.instrument.symbol] : []));
    const count = (symbol: string): number => updates.filter((other) => other === symbol).length;
    expect(count('BTC/USDC')).toBe(count('BTC/USD'));
    // The pair against USDC alone: its feed comes under the name of the dollar pair all the same.
    const truth = simulator.book('coinbase', 'ETH/USD');
    expect(
      Math.abs((rig.feed.books.get('coinbase:ETH/USDC')?.asks.price(0) ?? 0) / truth!.asks[0]![0] - 1),
    ).toBeLessThan(0.001);
  });

  it('both are thrown away at a gap, and both come back', async () => {
    simulator.injectFault({ exchange: 'coinbase', symbol: 'ETH/USD', fault: 'drop' });
    const gone = ['connecting', 'live', 'sequence_gap', 'live'];
    for (const symbol of symbols) {
      await until(`${symbol} came back`, () => rig.states('coinbase', symbol).length === gone.length);
      expect(rig.states('coinbase', symbol)).toEqual(gone);
    }
    expect(rig.status('coinbase')).toMatchObject({ resyncs: 3, reconnects: 1 });
  });
});
