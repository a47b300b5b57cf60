import { describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import { BookRegistry } from '../../core/order-book/book-registry.js';
import { BookDesk } from '../books/book-desk.js';
import { ExchangeMonitor } from './exchange-monitor.js';

const MAX_AGE_MS = 3_000;

function setUp() {
  const events: MarketEvent[] = [];
  const statuses: ExchangeStatus[] = [];
  const desk = new BookDesk('okx', new BookRegistry(200), 50, () => undefined);
  const monitor = new ExchangeMonitor(
    desk,
    MAX_AGE_MS,
    (event) => events.push(event),
    (status) => statuses.push(status),
  );
  const [btc, eth] = ['BTC/USDT', 'ETH/USDT'].map((symbol) => desk.open(symbol, 0));
  const snapshot = (line: typeof btc, atMs: number): void => {
    const { instrument } = line!;
    const update = { v: 1, instrument, kind: 'snapshot', bids: [10, 1], asks: [11, 1] } as const;
    const times = { sequence: 7, exchangeTimeMs: null, receivedAtMs: atMs };
    desk.take(line!, { ...update, ...times, bids: [10, 1], asks: [11, 1] }, { fedDepth: null, checksum: null }, null);
  };
  return { desk, monitor, events, statuses, btc: btc!, eth: eth!, snapshot };
}

describe('ExchangeMonitor', () => {
  it('goes from connecting through degraded to live', () => {
    const { monitor, btc, eth, snapshot } = setUp();
    expect(monitor.status(0).status).toBe('connecting');
    snapshot(btc, 10);
    expect(monitor.status(10).status).toBe('degraded');
    snapshot(eth, 20);
    expect(monitor.status(20).status).toBe('live');
  });

  it('is down when it fails before anything worked, and after life stopped', () => {
    const { desk, monitor, btc, eth, snapshot } = setUp();
    monitor.failed('unreachable', 'refused', 'ws.okx.com', 5);
    expect(monitor.status(6)).toMatchObject({ status: 'down', lastError: { code: 'unreachable', host: 'ws.okx.com' } });
    monitor.opened(false);
    snapshot(btc, 10);
    snapshot(eth, 10);
    expect(monitor.status(10 + MAX_AGE_MS).status).toBe('live');
    expect(monitor.status(11 + MAX_AGE_MS)).toMatchObject({ status: 'down' });
    expect(monitor.status(11 + MAX_AGE_MS).symbols[0]).toMatchObject({ state: 'stale', ageMs: MAX_AGE_MS + 1 });
    desk.alive([btc, eth], 5_000);
    expect(monitor.status(5_001).symbols[0]).toMatchObject({ state: 'live', ageMs: 1, quietMs: 4_991 });
  });

  it('does not let an unlisted symbol keep it from being live', () => {
    const { desk, monitor, btc, eth, snapshot } = setUp();
    desk.unavailable(eth, 'not_listed', 1);
    snapshot(btc, 10);
    expect(monitor.status(10).status).toBe('live');
  });

  it('does not go on connecting where nothing is listed', () => {
    const { desk, monitor, btc, eth } = setUp();
    for (const line of [btc, eth]) desk.unavailable(line, 'not_listed', 1);
    expect(monitor.status(2).status).toBe('degraded');
  });

  it('tells of a long answer only its beginning', () => {
    const { monitor } = setUp();
    monitor.fault('metadata_failed', `okx GET https://www.okx.com/x ${'<p>'.repeat(100_000)}`, null, 1);
    expect(monitor.status(2).lastError?.message).toHaveLength(301);
  });

  it('is degraded while one book is asked for again', () => {
    const { desk, monitor, btc, eth, snapshot } = setUp();
    snapshot(btc, 10);
    snapshot(eth, 10);
    desk.discard(eth, 'sequence_gap', 20);
    expect(monitor.status(20)).toMatchObject({ status: 'degraded', resyncs: 1 });
    expect(monitor.status(20).symbols[1]).toMatchObject({ state: 'resyncing', sequence: null, bestBid: null });
  });

  it('tells changes at once, a moved clock, and otherwise once a second', () => {
    const { monitor, events, statuses, btc, eth, snapshot } = setUp();
    monitor.judge(0);
    for (let at = 100; at < 1_000; at += 100) monitor.judge(at);
    expect([events.length, statuses.length]).toEqual([1, 1]);
    monitor.judge(1_000);
    expect([events.length, statuses.length]).toEqual([2, 2]);
    snapshot(btc, 1_100);
    snapshot(eth, 1_100);
    monitor.judge(1_100);
    expect(statuses.at(-1)?.status).toBe('live');
    monitor.offset.add(1_150, 1_100);
    monitor.judge(1_150);
    monitor.offset.add(1_200, 1_150.5);
    monitor.judge(1_200);
    monitor.offset.add(1_250, 1_210);
    monitor.judge(1_250);
    const offsets = events.map((event) => (event.type === 'exchange' ? event.clockOffsetMs : NaN));
    expect(offsets).toEqual([null, null, null, 50, 40]);
    expect(statuses).toHaveLength(3);
  });

  it('measures frames per second and counts reconnects', () => {
    const { monitor } = setUp();
    monitor.judge(0);
    for (let frame = 0; frame < 50; frame++) monitor.frame();
    monitor.judge(1_000);
    monitor.opened(false);
    monitor.opened(true);
    expect(monitor.status(1_000)).toMatchObject({ messagesPerSecond: 50, reconnects: 1 });
  });
});
