import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssetEvent, BalanceEvent } from '../../src/core/input/market-event.js';
import { type Credential, type KeyPurpose, Secret } from '../../src/exchanges/index.js';
import { type AccountExchange, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { MarketRig, until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'BTC/USDC', 'BTC/USD'];
/** Tell networks to anybody. */
const PUBLIC = ['bitget', 'gate', 'kucoin', 'htx', 'bitfinex'];
/** Tell them to a key alone. */
const SIGNED = ['binance', 'okx', 'bybit'] as const;
const TETHER = '0xdac17f958d2ee523a2206206994597c13d831ec7';

describe('assets of the exchanges', () => {
  let simulator: Simulator;
  let rig: MarketRig;

  const assets = (exchange: string, asset: string): AssetEvent[] =>
    rig.events.flatMap((event) =>
      event.type === 'asset' && event.exchange === exchange && event.asset === asset ? [event] : [],
    );
  const balances = (exchange: string): BalanceEvent[] =>
    rig.events.flatMap((event) => (event.type === 'balance' && event.exchange === exchange ? [event] : []));
  const network = (exchange: string, asset: string, code: string): AssetEvent['networks'][number] | undefined =>
    assets(exchange, asset)
      .at(-1)
      ?.networks.find((each) => each.network === code);
  const give = (exchange: AccountExchange, purposes?: KeyPurpose[]): Credential => {
    const key = simulator.createKey(exchange);
    const credential: Credential = {
      keyId: `id-${exchange}`,
      apiKey: new Secret(key.apiKey),
      secret: new Secret(key.secret),
      passphrase: key.passphrase === null ? null : new Secret(key.passphrase),
    };
    rig.credentials.put(exchange, credential, purposes);
    return credential;
  };

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    rig = new MarketRig({
      exchangeGateway: simulator.url,
      exchanges: [...PUBLIC, ...SIGNED, 'kraken', 'coinbase'],
      symbols: SYMBOLS,
      marketsRefreshMs: 1_000,
    });
    rig.feed.start();
    await until('the public ones have told', () => PUBLIC.every((id) => assets(id, 'USDT').length > 0), 20_000);
  }, 30_000);

  afterAll(async () => {
    await rig.close();
    await simulator.close();
  });

  it.each(PUBLIC)('reads the networks of %s without a key', (exchange) => {
    expect(network(exchange, 'USDT', 'TRC20')).toMatchObject({ deposit: true, withdraw: true });
    expect(network(exchange, 'BTC', 'BTC')).toMatchObject({ contract: null, deposit: true });
    expect(assets(exchange, 'USD')).toEqual([]);
  });

  it('tells contracts, fees and least amounts where the exchange does, alike on all', async () => {
    for (const exchange of SIGNED) give(exchange, ['networks']);
    await until('the others have told', () => SIGNED.every((id) => assets(id, 'USDC').length > 0));
    for (const exchange of ['bitget', 'gate', 'kucoin', 'htx', ...SIGNED]) {
      expect([exchange, network(exchange, 'USDT', 'ERC20')?.contract]).toEqual([exchange, TETHER]);
    }
    for (const exchange of ['bitget', 'kucoin', 'htx', ...SIGNED]) {
      expect([exchange, network(exchange, 'USDT', 'ERC20')]).toMatchObject([
        exchange,
        { withdrawFee: 2.4, withdrawMin: 10 },
      ]);
    }
    expect(network('gate', 'USDT', 'ERC20')).toMatchObject({ withdrawFee: null, withdrawMin: null });
    expect(network('bitfinex', 'USDT', 'ERC20')).toMatchObject({ contract: null, withdrawFee: null });
    for (const exchange of SIGNED) expect(network(exchange, 'ETH', 'ETH')).toMatchObject({ contract: null });
  });

  it('shows which networks two exchanges have in common', () => {
    const codes = (exchange: string): string[] | undefined =>
      assets(exchange, 'USDC')
        .at(-1)
        ?.networks.map((each) => each.network);
    expect(codes('gate')).toEqual(['SOL']);
    expect(codes('binance')).toEqual(['ERC20', 'SOL']);
  });

  it('says nothing where the exchange says nothing', async () => {
    await until('both are live', () =>
      ['kraken', 'coinbase'].every((exchange) => rig.status(exchange).status === 'live'),
    );
    const told = new Set(rig.events.flatMap((event) => (event.type === 'asset' ? [event.exchange] : [])));
    expect(told).toEqual(new Set([...PUBLIC, ...SIGNED]));
    expect(rig.calls.calls.filter(({ exchange }) => exchange === 'kraken')).toEqual([]);
  });

  it('sees a public network that closes at the next reading, and tells each reading with its time', async () => {
    simulator.injectFault({ exchange: 'kucoin', fault: 'closeNetwork', asset: 'USDT', network: 'TRX' });
    simulator.injectFault({ exchange: 'gate', fault: 'closeNetwork', asset: 'USDT', way: 'withdraw' });
    await until('kucoin told', () => network('kucoin', 'USDT', 'TRC20')?.deposit === false);
    await until('gate told', () => network('gate', 'USDT', 'ERC20')?.withdraw === false);
    expect(network('kucoin', 'USDT', 'TRC20')).toMatchObject({ withdraw: false });
    expect(network('kucoin', 'USDT', 'ERC20')).toMatchObject({ deposit: true, withdraw: true });
    expect(network('gate', 'USDT', 'TRC20')).toMatchObject({ deposit: true, withdraw: false });
    simulator.injectFault({ exchange: 'kucoin', fault: 'openNetwork', asset: 'USDT', network: 'TRX' });
    simulator.injectFault({ exchange: 'gate', fault: 'clear' });
    await until('both opened', () => network('kucoin', 'USDT', 'TRC20')?.withdraw === true);
    const times = assets('kucoin', 'BTC').map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(2);
    expect(new Set(times).size).toBe(times.length);
  }, 20_000);

  it.each(SIGNED)('sees a network of %s that closes, when its key is read with again', async (exchange) => {
    simulator.injectFault({ exchange, fault: 'closeNetwork', asset: 'USDC', network: 'SOL', way: 'deposit' });
    give(exchange, ['networks']);
    await until('it was told', () => network(exchange, 'USDC', 'SOL')?.deposit === false);
    expect(network(exchange, 'USDC', 'SOL')?.withdraw).toBe(true);
    expect(balances(exchange)).toEqual([]);
  });

  it('tells balances while there is a key for them, and takes them back when it goes', async () => {
    const secrets = [...SIGNED, 'kraken' as const].map((exchange) => {
      const { apiKey, secret } = give(exchange, ['balances']);
      return [apiKey.reveal(), secret!.reveal()];
    });
    for (const exchange of [...SIGNED, 'kraken']) {
      await until(`${exchange} told`, () => balances(exchange).length > 2);
      const told = new Map(balances(exchange).map(({ asset, free }) => [asset, free]));
      expect([exchange, told.get('BTC'), told.get('USDT')]).toEqual([exchange, 0.4182, 12_540.22]);
      rig.credentials.put(exchange, null);
      await until(`${exchange} took it back`, () => balances(exchange).at(-1)?.free === null);
      const last = new Map(balances(exchange).map(({ asset, free }) => [asset, free]));
      expect([...last.values()].every((free) => free === null)).toBe(true);
    }
    expect(rig.calls.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const said = JSON.stringify([rig.events, rig.calls.calls, rig.statuses]);
    for (const secret of secrets.flat()) expect(said).not.toContain(secret);
  }, 20_000);

  it('only ever reads: no signed call is one that acts', () => {
    const paths = new Set(rig.calls.calls.map(({ exchange, method, path }) => `${exchange} ${method} ${path}`));
    expect(paths.size).toBeGreaterThan(5);
    for (const path of paths) expect(path).toMatch(/ GET |kraken POST \/0\/private\/Balance/);
  });
});
