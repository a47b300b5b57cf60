import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/exchanges/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { MarketRig, until } from '../support/market-rig.js';

/** Play no account of their own in the simulated world, and yet answer to keys. */
const EXCHANGES = ['mexc', 'cryptocom'] as const;

describe('markets of exchanges whose keys tell nothing of themselves', () => {
  let simulator: Simulator;
  let rig: MarketRig;

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'] });
    rig = new MarketRig({ exchangeGateway: simulator.url, exchanges: EXCHANGES, symbols: ['BTC/USDT'] });
    for (const exchange of EXCHANGES) {
      const { apiKey, secret } = simulator.createKey(exchange);
      const credential = { keyId: exchange, apiKey: new Secret(apiKey), secret: new Secret(secret), passphrase: null };
      rig.credentials.put(exchange, credential);
    }
    rig.feed.start();
  });

  afterAll(async () => {
    await rig.close();
    await simulator.close();
  });

  it.each(EXCHANGES)(
    "have the fees, balances and networks of the account of %s, by a key's calls",
    async (exchange) => {
      await until(`${exchange} told its fee`, () =>
        rig.events.some(
          (event) => event.type === 'fee' && event.instrument.exchange === exchange && event.source === 'account',
        ),
      );
      await until(`${exchange} told its balances`, () =>
        rig.events.some(
          (event) =>
            event.type === 'balance' && event.exchange === exchange && event.asset === 'BTC' && event.free === 0.4182,
        ),
      );
      await until(`${exchange} told its networks`, () =>
        rig.events.some(
          (event) =>
            event.type === 'asset' &&
            event.exchange === exchange &&
            event.asset === 'USDT' &&
            event.networks.length === 3,
        ),
      );
      const calls = rig.calls.calls.filter((call) => call.exchange === exchange);
      expect(calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    },
  );
});
