import { BroadcastChannel } from 'node:worker_threads';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Subscription } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import type { OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import { DetectionService } from '../../src/detection/index.js';
import { type Credential, Secret } from '../../src/exchanges/index.js';
import { ThreadedFeed } from '../../src/exchanges/threaded-feed.service.js';
import type { MarketContext } from '../../src/exchanges/worker/market-thread.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { listen, MarketRig, settingsOf, until } from '../support/market-rig.js';
import { truthOf } from '../truth/true-books.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'BTC/USD', 'USDT/USD'];
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];
const DEPTH = 50;
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const DATABASE_PASSWORD = 'hunter2-of-the-database';

const program = (name: string): URL => pathToFileURL(path.resolve(import.meta.dirname, '../support', name));
const threaded =
  (workers: number, name: string) =>
  (context: MarketContext): ThreadedFeed =>
    new ThreadedFeed(workers, context, program(name));

describe('markets on two worker threads', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  let comparing: Subscription;
  let finding: Subscription;
  let detection: DetectionService;
  const opportunities: OpportunityEvent[] = [];
  const orders = new BroadcastChannel('crossbook fragile worker');
  const untrue: string[] = [];
  const compared = new Map<string, number>();
  const settings = {
    exchanges: EXCHANGES,
    symbols: SYMBOLS,
    bookDepth: DEPTH,
    masterKey: MASTER_KEY,
    databaseUrl: `postgresql://me:${DATABASE_PASSWORD}@127.0.0.1:1/crossbook`,
  };

  const seen = (worker: number, order: string): Promise<Record<string, unknown>> => {
    orders.postMessage({ worker, order });
    return new Promise((resolve) => {
      orders.onmessage = (message) => {
        resolve((message as { data: { seen: Record<string, unknown> } }).data.seen);
      };
    });
  };
  const states = (exchange: string): string[] => rig.states(exchange, 'BTC/USDT');
  const updates = (exchange: string): number => compared.get(`${exchange}:BTC/USDT`) ?? 0;
  const compare = (event: MarketEvent): void => {
    if (event.type !== 'book') return;
    const { exchange, symbol } = event.update.instrument;
    const key = `${exchange}:${symbol}`;
    const book = rig.feed.books.get(key);
    compared.set(key, (compared.get(key) ?? 0) + 1);
    if (!book || !truthOf(simulator, book, DEPTH)) untrue.push(`${key} at ${event.update.sequence ?? 'no sequence'}`);
  };

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 11, symbols: [...SYMBOLS, 'SOL/USDT'] });
    rig = new MarketRig({ ...settings, exchangeGateway: simulator.url }, threaded(2, 'fragile-worker.mjs'));
    detection = new DetectionService(rig.feed, new SystemClock(), settingsOf(settings), openLog('silent'));
    finding = listen(detection.events$, (event) => opportunities.push(event));
    detection.onApplicationBootstrap();
    comparing = listen(rig.feed.events$, compare);
    const key = simulator.createKey('kraken');
    rig.credentials.put('kraken', credentialOf(key));
    rig.feed.start();
    await until(
      'every exchange is live',
      () => rig.feed.statuses().every((status) => status.status === 'live'),
      30_000,
    );
  }, 40_000);

  afterAll(async () => {
    orders.close();
    detection.stop();
    finding.unsubscribe();
    comparing.unsubscribe();
    await rig.close();
    await simulator.close();
  });

  it('shows exactly the books that the exchanges published, after every single update', async () => {
    await until('each book took 30 updates', () => [...compared.values()].every((count) => count >= 30));
    expect(new Set([...compared.keys()].map((key) => key.split(':')[0]))).toEqual(new Set(EXCHANGES));
    expect(untrue).toEqual([]);
  });

  it('tells state, rates and ages of each exchange as one thread would', async () => {
    await until('a rate was measured', () => rig.feed.statuses().every((status) => status.messagesPerSecond > 5));
    for (const status of rig.feed.statuses()) {
      expect(status).toMatchObject({
        status: 'live',
        integrity: 'verified',
        resyncs: 0,
        reconnects: 0,
        lastError: null,
      });
      expect(Math.abs(status.clockOffsetMs ?? Infinity)).toBeLessThan(50);
      expect(status.symbols.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
      for (const { state, ageMs } of status.symbols) if (state === 'live') expect(ageMs).toBeLessThan(1_000);
    }
    expect(rig.status('binance').symbols.find(({ symbol }) => symbol === 'BTC/USD')?.state).toBe('unavailable');
  });

  it('finds opportunities between exchanges of different workers', async () => {
    const between = ({ opportunity: { legs } }: OpportunityEvent): boolean =>
      new Set(legs.map(({ exchange }) => EXCHANGES.indexOf(exchange) % 2)).size === 2;
    await until(
      'one was opened',
      () => opportunities.some((event) => event.event === 'opened' && between(event)),
      30_000,
    );
  }, 40_000);

  it('hands a worker the keys of its own exchanges only, and takes its signed calls back', async () => {
    const account = (): boolean =>
      rig.events.some(
        (event) => event.type === 'fee' && event.instrument.exchange === 'kraken' && event.source === 'account',
      );
    await until('the fee of the account is known', account);
    await until('a call was noted', () => rig.calls.calls.length > 0);
    expect(new Set(rig.calls.calls.map(({ exchange, outcome }) => `${exchange} ${outcome}`))).toEqual(
      new Set(['kraken ok']),
    );
    const fees = rig.events.length;
    rig.credentials.put('kraken', null);
    await until('it fell back when the key went', () =>
      rig.events
        .slice(fees)
        .some((event) => event.type === 'fee' && event.instrument.exchange === 'kraken' && event.source !== 'account'),
    );
  });

  it('gives a worker no environment and no secret of the settings', async () => {
    const look = await seen(2, 'look');
    expect(look['env']).toEqual({});
    expect(look['settings']).toMatchObject({ exchanges: ['okx', 'kraken'], symbols: SYMBOLS });
    expect(JSON.stringify(look)).not.toContain(MASTER_KEY);
    expect(JSON.stringify(look)).not.toContain(DATABASE_PASSWORD);
  });

  it("refuses a worker the key of another's exchange", async () => {
    rig.credentials.put('binance', credentialOf(simulator.createKey('binance')));
    expect(await seen(2, 'pry')).toEqual({
      type: 'noCredential',
      ask: expect.any(Number),
      reason: expect.stringContaining('binance'),
    });
  });

  it.each([
    ['exit', 'it ended with code 7'],
    ['throw', 'planted fault'],
    ['hang', 'no sign of life'],
  ])(
    'replaces a worker that ends by %s, and its exchanges come back while the others go on',
    async (order, story) => {
      const before = new Map(EXCHANGES.map((id) => [id, rig.status(id)]));
      const spared = ['binance', 'bybit'].map((id) => states(id).length);
      orders.postMessage({ worker: 2, order });
      await until('its books are thrown away', () => states('okx').at(-1) === 'worker_lost', 15_000);
      for (const id of ['okx', 'kraken']) {
        expect(rig.feed.books.get(`${id}:BTC/USDT`)?.isUsable).toBe(false);
        expect(rig.status(id)).toMatchObject({ status: 'down', lastError: { code: 'worker_lost' } });
        expect(rig.status(id).lastError?.message).toContain(story);
      }
      const others = updates('binance');
      await until('it is back', () => ['okx', 'kraken'].every((id) => rig.status(id).status === 'live'), 30_000);
      expect(states('okx').slice(-3)).toEqual(['worker_lost', 'connecting', 'live']);
      expect(updates('binance')).toBeGreaterThan(others);
      expect(['binance', 'bybit'].map((id) => states(id).length)).toEqual(spared);
      for (const id of ['okx', 'kraken']) {
        expect(rig.status(id).updates).toBeGreaterThanOrEqual(before.get(id)?.updates ?? Infinity);
        expect(rig.status(id).resyncs).toBeGreaterThan(before.get(id)?.resyncs ?? Infinity);
      }
      const count = updates('kraken');
      await until('its books move', () => updates('kraken') > count + 20);
      expect(untrue).toEqual([]);
    },
    60_000,
  );

  it('watches other symbols in every worker, and in one that is replaced meanwhile', async () => {
    const added = 'SOL/USDT';
    const shown = (exchange: string): string[] => rig.status(exchange).symbols.map(({ symbol }) => symbol);
    rig.feed.watch([...SYMBOLS, added].filter((symbol) => symbol !== 'ETH/USDT'));
    await until(
      'it is live everywhere',
      () => EXCHANGES.every((id) => rig.states(id, added).at(-1) === 'live'),
      30_000,
    );
    for (const id of EXCHANGES) expect(rig.states(id, 'ETH/USDT').at(-1)).toBe('removed');
    expect(rig.feed.books.get('okx:ETH/USDT')).toBeUndefined();
    orders.postMessage({ worker: 1, order: 'exit' });
    await until('a worker is lost', () => rig.states('bybit', added).at(-1) === 'worker_lost');
    rig.feed.watch(SYMBOLS);
    expect(rig.feed.symbols()).toEqual(SYMBOLS);
    expect(rig.states('bybit', added).at(-1)).toBe('removed');
    await until('all are back', () => EXCHANGES.every((id) => rig.states(id, 'ETH/USDT').at(-1) === 'live'), 30_000);
    await until('the added is gone', () => EXCHANGES.every((id) => !shown(id).includes(added)));
    expect(untrue).toEqual([]);
  }, 60_000);

  it('notices a dropped frame in a worker, and heals what it concerns', async () => {
    simulator.injectFault({ exchange: 'bybit', symbol: 'ETH/USDT', fault: 'drop', count: 1 });
    await until('it is noticed', () => rig.states('bybit', 'ETH/USDT').includes('sequence_gap'));
    await until('it is healed', () => rig.states('bybit', 'ETH/USDT').at(-1) === 'live');
    expect(states('bybit')).not.toContain('sequence_gap');
    expect(untrue).toEqual([]);
  });

  it('loses nothing while the main thread is busy, and goes on', async () => {
    const { resyncs } = rig.status('okx');
    const until_ = Date.now() + 1_500;
    while (Date.now() < until_);
    const count = updates('okx');
    await until('its books move', () => updates('okx') > count + 30);
    expect(rig.status('okx').resyncs).toBe(resyncs);
    expect(untrue).toEqual([]);
  });
});

describe('a worker that tells more than its ring holds', () => {
  it('waits for a busy main thread and loses nothing', async () => {
    const rig = new MarketRig({ exchanges: ['okx'], symbols: ['BTC/USDT'] }, threaded(1, 'flooding-worker.mjs'));
    const sequences: (number | null)[] = [];
    const reading = listen(rig.feed.events$, (event) => {
      if (event.type === 'book') sequences.push(event.update.sequence);
    });
    rig.feed.start();
    await until('it began', () => sequences.length > 0, 15_000);
    const busyUntil = Date.now() + 700;
    while (Date.now() < busyUntil);
    await until('all came', () => sequences.length >= 100_000, 30_000);
    reading.unsubscribe();
    await rig.close();
    expect(sequences).toEqual(Array.from({ length: 100_000 }, (_, n) => n + 1));
  }, 60_000);

  it('is ended in order though it waits', async () => {
    const rig = new MarketRig({ exchanges: ['okx'], symbols: ['BTC/USDT'] }, threaded(1, 'flooding-worker.mjs'));
    rig.feed.start();
    await until('it began', () => rig.events.length > 0, 15_000);
    const startedMs = Date.now();
    await rig.close();
    expect(Date.now() - startedMs).toBeLessThan(4_000);
  }, 30_000);
});

function credentialOf(key: { apiKey: string; secret: string; passphrase: string | null }): Credential {
  return {
    keyId: 'id-kraken',
    apiKey: new Secret(key.apiKey),
    secret: new Secret(key.secret),
    passphrase: key.passphrase === null ? null : new Secret(key.passphrase),
  };
}
