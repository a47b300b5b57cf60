import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import type { AccountReading } from '../../src/core/portfolio/account-reading.js';
import { Secret } from '../../src/exchanges/index.js';
import { ThreadedFeed } from '../../src/exchanges/threaded-feed.service.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { MarketRig, until } from '../support/market-rig.js';
import { programs } from '../support/stack.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const PROGRAM = new URL(`file://${path.join(programs, 'exchanges/market-worker.js')}`);

describe('assets told by worker threads', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  const told = (exchange: string, type: MarketEvent['type']): MarketEvent[] =>
    rig.events.filter((event) => event.type === type && 'exchange' in event && event.exchange === exchange);

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    rig = new MarketRig(
      { exchangeGateway: simulator.url, exchanges: ['okx', 'kucoin', 'kraken'], symbols: SYMBOLS },
      (context) => new ThreadedFeed(2, context, PROGRAM),
    );
    for (const exchange of ['okx', 'kraken'] as const) {
      const { apiKey, secret, passphrase } = simulator.createKey(exchange);
      const parts = { apiKey: new Secret(apiKey), secret: new Secret(secret) };
      rig.credentials.put(exchange, {
        ...{ keyId: exchange, ...parts, passphrase: passphrase === null ? null : new Secret(passphrase) },
      });
    }
    rig.feed.start();
  });

  afterAll(async () => {
    await rig.close();
    await simulator.close();
  });

  it('tells networks, public ones and those that a key reads', async () => {
    const assets = (exchange: string): unknown[] => told(exchange, 'asset');
    await until('both told', () => ['okx', 'kucoin'].every((exchange) => assets(exchange).length >= 3), 30_000);
    for (const exchange of ['okx', 'kucoin']) {
      expect(assets(exchange)).toContainEqual({
        ...{ type: 'asset', exchange, asset: 'USDT', atMs: expect.any(Number) },
        networks: expect.arrayContaining([
          {
            ...{ network: 'ERC20', contract: '0xdac17f958d2ee523a2206206994597c13d831ec7' },
            ...{ deposit: true, withdraw: true, withdrawFee: 2.4, withdrawMin: 10 },
          },
        ]),
      });
    }
  }, 40_000);

  it('tells balances, and takes them back when the key goes', async () => {
    for (const exchange of ['okx', 'kraken']) {
      await until(`${exchange} told`, () => told(exchange, 'balance').length >= 3);
      expect(told(exchange, 'balance')).toContainEqual({
        ...{ type: 'balance', exchange, asset: 'BTC', free: 0.4182, atMs: expect.any(Number) },
      });
      const account = (): AccountReading | undefined =>
        rig.feed.accounts.snapshot().find((reading) => reading.exchange === exchange);
      await until(`the account of ${exchange} was told`, () => account()?.state === 'known');
      expect(account()).toMatchObject({ keyId: exchange, asOfMs: expect.any(Number), trouble: null });
      expect(account()?.assets).toContainEqual({ asset: 'USDT', free: '12540.22', locked: '800', total: '13340.22' });
      rig.credentials.put(exchange, null);
      await until(`${exchange} took it back`, () => {
        const last = told(exchange, 'balance').slice(-3);
        return last.every((event) => event.type === 'balance' && event.free === null);
      });
      await until(`the account of ${exchange} is lost`, () => account()?.state === 'lost');
      expect(account()).toMatchObject({ assets: [], asOfMs: null, trouble: { code: 'no_key' } });
    }
    expect(new Set(rig.calls.calls.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
  }, 20_000);
});
