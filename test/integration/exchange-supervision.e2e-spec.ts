import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { Front } from '../support/front.js';
import { MarketRig, until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const INSTRUMENTS = '/api/v5/public/instruments';

interface OkxInstrument {
  readonly instId: string;
  readonly [name: string]: unknown;
}

describe('the supervision of an exchange', () => {
  let simulator: Simulator;
  let front: Front;
  let rig: MarketRig;

  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: [...SYMBOLS, 'SOL/USDT'] });
    front = await Front.open(simulator.url);
  });

  afterEach(async () => {
    await rig.close();
    await front.close();
    await simulator.close();
  });

  function start(raw: object): void {
    rig = new MarketRig({ symbols: SYMBOLS, exchangeGateway: front.url, ...raw });
    rig.feed.start();
  }

  const live = (exchange: string): Promise<void> =>
    until(`${exchange} is live`, () => rig.status(exchange).status === 'live', 20_000);
  const rewriteOkx = (change: (rows: OkxInstrument[]) => OkxInstrument[]): void => {
    front.rule(INSTRUMENTS, (body) => {
      const answer = JSON.parse(body) as { data: OkxInstrument[] };
      return JSON.stringify({ ...answer, data: change(answer.data) });
    });
  };
  const reasonOf = (exchange: string, symbol: string): string | undefined => rig.states(exchange, symbol).at(-1);

  it('makes no call before the end of a ban, shows until when, and comes back by itself', async () => {
    const untilMs = Date.now() + 4_000;
    const body = JSON.stringify({ code: -1003, msg: `Way too many requests; IP banned until ${untilMs}.` });
    front.rule('/api/v3/depth', { status: 418, body });
    start({ exchanges: ['binance'] });
    await until('the ban is shown', () => rig.status('binance').lastError?.code === 'banned', 20_000);
    const { lastError } = rig.status('binance');
    expect(lastError?.message).toContain('IP banned until');
    // Within the offset of the clocks, which frames of the stream may already tell.
    expect(Math.abs((lastError?.untilMs ?? 0) - untilMs)).toBeLessThan(1_000);
    const calls = front.calls.length;
    front.rule('/api/v3/depth', null);
    await until('the ban ends', () => Date.now() >= untilMs - 200);
    expect(front.calls.length).toBe(calls);
    await live('binance');
    expect(front.callsOf('/api/v3/depth')).toBeLessThan(8);
  }, 40_000);

  it('is down for maintenance with that code, tries seldom, and is back when it is over', async () => {
    front.rule(INSTRUMENTS, {
      status: 503,
      headers: { 'retry-after': '2' },
      body: JSON.stringify({ code: '50001', msg: 'Service temporarily unavailable', data: [] }),
    });
    start({ exchanges: ['okx'] });
    await until('it is down', () => rig.status('okx').status === 'down');
    expect(rig.status('okx').lastError).toMatchObject({ code: 'maintenance', untilMs: expect.any(Number) });
    await until('it was tried again', () => front.callsOf(INSTRUMENTS) >= 2);
    expect(rig.statuses.filter(({ status }) => status === 'down').length).toBeGreaterThan(0);
    front.rule(INSTRUMENTS, null);
    await live('okx');
    expect(front.callsOf(INSTRUMENTS)).toBeLessThan(8);
  }, 30_000);

  it('knows a maintenance though only its sockets are refused, and is back when it is over', async () => {
    // okx and kraken tell it by their status, bybit by the words of any answer.
    const exchanges = ['okx', 'bybit', 'kraken'] as const;
    start({ exchanges });
    for (const exchange of exchanges) await live(exchange);
    for (const exchange of exchanges) {
      simulator.injectFault({ exchange, fault: 'maintenance', durationMs: 5_000 });
    }
    await until('all are known to be under maintenance', () =>
      exchanges.every((exchange) => {
        const { status, lastError } = rig.status(exchange);
        return status === 'down' && lastError?.code === 'maintenance';
      }),
    );
    for (const exchange of exchanges) await live(exchange);
    const turned = rig.statuses.filter(({ id }) => id === 'okx').map(({ status }) => status);
    const changes = turned.filter((status, index) => status !== turned[index - 1]);
    expect(changes.filter((status) => status === 'down')).toHaveLength(1);
  }, 60_000);

  it('follows the list of markets: listed, suspended, delisted and back, no other book disturbed', async () => {
    rewriteOkx((rows) => rows.filter(({ instId }) => instId !== 'ETH-USDT'));
    start({ exchanges: ['okx'], marketsRefreshMs: 1_000 });
    await live('okx');
    expect(reasonOf('okx', 'ETH/USDT')).toBe('not_listed');
    front.rule(INSTRUMENTS, null);
    await until('ETH/USDT is opened', () => reasonOf('okx', 'ETH/USDT') === 'live');
    rewriteOkx((rows) => rows.map((row) => (row.instId === 'ETH-USDT' ? { ...row, state: 'suspend' } : row)));
    await until('it does not trade', () => reasonOf('okx', 'ETH/USDT') === 'not_trading');
    expect(rig.status('okx').symbols.find(({ symbol }) => symbol === 'ETH/USDT')).toMatchObject({ bestBid: null });
    front.rule(INSTRUMENTS, null);
    await until('it trades again', () => reasonOf('okx', 'ETH/USDT') === 'live');
    expect(rig.states('okx', 'BTC/USDT')).toEqual(['connecting', 'live']);
    expect(rig.status('okx')).toMatchObject({ status: 'live', reconnects: 0 });
  }, 40_000);

  it('drops one market of a shared socket without opening it again', async () => {
    start({ exchanges: ['okx', 'binance', 'kucoin', 'kraken'], marketsRefreshMs: 1_000 });
    for (const exchange of ['okx', 'binance', 'kucoin', 'kraken']) await live(exchange);
    rig.feed.watch(['BTC/USDT']);
    const before = rig.feed.statuses().map(({ updates }) => updates);
    await until('the books that are left go on', () =>
      rig.feed.statuses().every(({ updates }, index) => updates > (before[index] ?? 0) + 10),
    );
    for (const { id, status, symbols, reconnects } of rig.feed.statuses()) {
      expect([id, status, reconnects, symbols.map(({ symbol }) => symbol)]).toEqual([id, 'live', 0, ['BTC/USDT']]);
      expect(rig.states(id, 'BTC/USDT')).toEqual(['connecting', 'live']);
      expect(reasonOf(id, 'ETH/USDT')).toBe('removed');
    }
    const { length } = rig.events;
    await until('more came', () => rig.events.length > length + 50);
    const ofGone = rig.events.slice(length).filter((event) => JSON.stringify(event).includes('ETH/USDT'));
    expect(ofGone).toEqual([]);
  }, 40_000);

  it('opens an added symbol beside the running ones', async () => {
    start({ exchanges: ['okx', 'binance'] });
    await live('okx');
    await live('binance');
    rig.feed.watch([...SYMBOLS, 'SOL/USDT', 'NO/SUCH']);
    await until('SOL/USDT lives everywhere', () =>
      ['okx', 'binance'].every((exchange) => reasonOf(exchange, 'SOL/USDT') === 'live'),
    );
    expect(reasonOf('okx', 'NO/SUCH')).toBe('not_listed');
    expect(rig.feed.books.get('okx:SOL/USDT')?.isUsable).toBe(true);
    for (const symbol of SYMBOLS) expect(rig.states('okx', symbol)).toEqual(['connecting', 'live']);
    rig.feed.watch(SYMBOLS);
    expect(rig.feed.books.get('okx:SOL/USDT')).toBeUndefined();
    rig.feed.watch([...SYMBOLS, 'SOL/USDT']);
    await until('it is back', () => reasonOf('okx', 'SOL/USDT') === 'live');
  }, 40_000);

  it('keeps its books when the list of markets cannot be read, or is empty', async () => {
    start({ exchanges: ['okx', 'bybit'], marketsRefreshMs: 1_000 });
    await live('okx');
    await live('bybit');
    front.rule(INSTRUMENTS, { status: 500, body: '{}' });
    front.rule('/v5/market/instruments-info', (body) => {
      const answer = JSON.parse(body) as { result: object };
      return JSON.stringify({ ...answer, result: { ...answer.result, list: [] } });
    });
    await until('both are told', () =>
      rig.feed.statuses().every(({ lastError }) => lastError?.code === 'refresh_failed'),
    );
    for (const { id } of rig.feed.statuses()) expect(rig.states(id, 'BTC/USDT')).toEqual(['connecting', 'live']);
    expect(rig.status('bybit').lastError?.message).toContain('an empty list of markets');
  }, 30_000);

  it('opens a stalled socket again, wherever its snapshots come from', async () => {
    start({ exchanges: ['okx', 'binance'], detection: { maxAgeMs: 3_000 } });
    await live('okx');
    await live('binance');
    front.stall();
    const stalledAt = performance.now();
    await until('both are opened again', () => rig.feed.statuses().every(({ reconnects }) => reconnects > 0), 20_000);
    expect(performance.now() - stalledAt).toBeLessThan(12_000);
    await live('okx');
    await live('binance');
  }, 40_000);

  it('only counts a break of the numbering where the settings say so', async () => {
    start({ exchanges: ['okx', 'bybit', 'coinbase'], integrity: { okx: 'count', coinbase: 'count' } });
    for (const exchange of ['okx', 'bybit', 'coinbase']) await live(exchange);
    for (const exchange of ['okx', 'bybit', 'coinbase'] as const) {
      simulator.injectFault({ exchange, symbol: 'BTC/USDT', fault: 'drop', count: 2 });
    }
    await until('each noticed', () => rig.feed.statuses().every(({ sequenceBreaks }) => sequenceBreaks > 0));
    expect(rig.feed.statuses().map(({ id, integrity }) => [id, integrity])).toEqual([
      ['okx', 'unverified'],
      ['bybit', 'verified'],
      ['coinbase', 'unverified'],
    ]);
    expect(rig.states('okx', 'BTC/USDT')).not.toContain('sequence_gap');
    expect(rig.states('coinbase', 'BTC/USDT')).not.toContain('sequence_gap');
    expect(rig.states('bybit', 'BTC/USDT')).toContain('sequence_gap');
  }, 40_000);
});
